using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>The same language against the kernel: what holds of it passes, what does not fails, and a script of both passes on both.</summary>
public sealed class KernelScriptTests
{
    private const string Handshake = """
        --tolerance_usecs=900000
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
        +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 8>
        +.1 < . 1:1(0) ack 1 win 257
        +0 accept(3, ..., ...) = 4

        """;

    [RootTheory]
    [InlineData("+0 write(4, ..., 3000) = 3000\n+0 > P. 1:3001(3000) ack 1\n+0 %{ assert tcpi_unacked == 3 and tcpi_snd_mss == 1000, tcpi_unacked }%")]
    [InlineData("+0...1 read(4, ..., 2000) = 1000\n+.1 < P. 1:1001(1000) ack 1 win 257\n+0 > . 1:1(0) ack 1001")]
    [InlineData("+0 < R. 1:1(0) ack 1 win 0\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0")]
    [InlineData("+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+0 < F. 1:1(0) ack 2 win 257\n+0 > . 2:2(0) ack 2")]
    public void A_script_of_Linux_passes_on_the_kernel_and_on_our_stack(string script)
    {
        foreach (TimeProvider? kernel in new[] { TimeProvider.System, null })
        {
            ScriptOutcome outcome = Run(script, kernel);
            Assert.True(outcome.Verdict == ScriptVerdict.Passed, $"{(kernel is null ? "stack" : "kernel")}: line {outcome.Line}: expected {outcome.Expected}, got {outcome.Got} {outcome.Feature}");
        }
    }

    [RootTheory]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 2", "acknowledgment number")]
    [InlineData("+0 read(3, ..., 1000) = 0", "ENOTCONN")]
    [InlineData("+0 %{ assert tcpi_snd_mss == 999 }%", "tcpi_snd_mss = 1000")]
    public void What_is_not_true_fails_on_the_kernel(string script, string got)
    {
        ScriptOutcome outcome = Run(script, TimeProvider.System);
        Assert.Equal(ScriptVerdict.Failed, outcome.Verdict);
        Assert.Contains(got, outcome.Got, StringComparison.Ordinal);
    }

    [RootFact]
    public void Sysctls_of_a_script_stay_inside_its_namespace()
    {
        string before = File.ReadAllText("/proc/sys/net/ipv4/tcp_timestamps");
        ScriptOutcome outcome = Run("+0 `sysctl -q net.ipv4.tcp_timestamps=0`", TimeProvider.System);
        Assert.Equal(ScriptVerdict.Passed, outcome.Verdict);
        Assert.Equal(before, File.ReadAllText("/proc/sys/net/ipv4/tcp_timestamps"));
    }

    private static ScriptOutcome Run(string script, TimeProvider? kernel)
        => ScriptRunner.Run(Handshake + script + "\n", "test.pkt", new() { Kernel = kernel, Profile = ScriptProfile.Linux });
}
