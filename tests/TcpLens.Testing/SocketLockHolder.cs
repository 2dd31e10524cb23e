using System.Globalization;

namespace TcpLens.Testing;

/// <summary>
/// A task that sleeps with the lock of a TCP socket in its hand (native/socklock.c says how), for 60 s at most.
/// Whoever asks the kernel for the socket's tcp_info in that time waits in state D, where no signal reaches it:
/// dispose before waiting for such a process.
/// </summary>
public sealed class SocketLockHolder : IDisposable
{
    private readonly BackgroundProcess _process;

    /// <param name="ns">Where the socket lives; null: where the test runs.</param>
    public SocketLockHolder(TestNamespace? ns = null)
    {
        _process = BackgroundProcess.Start(ns, NativeProgram.Build("socklock"), "-T", "60");
        string[] words = _process.Greeting.Split(' ', '=');
        (Inode, LocalPort, RemotePort) = (Number<uint>(words[2]), Number<ushort>(words[4]), Number<ushort>(words[6]));
    }

    public int Pid => _process.Id;

    /// <summary>Inode of the locked socket.</summary>
    public uint Inode { get; }

    /// <summary>Port of the locked socket, on 127.0.0.1; its state is ESTABLISHED.</summary>
    public ushort LocalPort { get; }

    public ushort RemotePort { get; }

    /// <summary>Ends the process, which lets the lock go.</summary>
    public void Dispose() => _process.Dispose();

    private static T Number<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
