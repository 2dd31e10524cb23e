namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A namespace with real sockets in every state, IPv4 and IPv6; they stay as they are for at least 30 seconds.</summary>
public sealed class StatesFixture : IDisposable
{
    private readonly TestNamespace? _namespace;
    private readonly KernelStates? _states;

    public StatesFixture()
    {
        if (Environment.IsPrivilegedProcess)
        {
            _namespace = new TestNamespace();
            _states = KernelStates.Create(_namespace);
        }
    }

    public TestNamespace Namespace => _namespace!;

    public KernelStates States => _states!;

    public void Dispose()
    {
        _states?.Dispose();
        _namespace?.Dispose();
    }
}
