using System.Diagnostics;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class InterruptionTests
{
    /// <summary>The first signal, sent for real to this process, which must survive it.</summary>
    [Fact]
    public async Task The_first_signal_asks_and_names_the_exit_code()
    {
        using var interruption = new Interruption();
        Assert.Null(interruption.ExitCode);
        using (Process kill = Process.Start("kill", ["-TERM", Environment.ProcessId.ToString()]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(interruption.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.Equal(143, interruption.ExitCode);
    }
}
