namespace TcpLens.Lab.Tests;

/// <summary>Each thing that a script can say holds when it is true, and fails when it is not.</summary>
public sealed class ScriptRunnerTests
{
    private const string Server = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
        +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 8>
        +.1 < . 1:1(0) ack 1 win 257
        +0 accept(3, ..., ...) = 4

        """;

    [Theory]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1")]
    [InlineData("+0 write(4, ..., 5000) = 5000\n+0 > P. 1:5001(5000) ack 1")]
    [InlineData("+0 write(4, ..., 2000) = 2000\n+0 > . 1:1001(1000) ack 1\n+0 > P. 1001:2001(1000) ack 1")]
    [InlineData("+0 < P. 1:1001(1000) ack 1 win 257\n+0 > . 1:1(0) ack 1001\n+0 read(4, ..., 2000) = 1000")]
    [InlineData("+0...0.5 read(4, ..., 2000) = 1000\n+.5 < P. 1:1001(1000) ack 1 win 257\n+0 > . 1:1(0) ack 1001")]
    [InlineData("+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 read(4, ..., 2000) = -1 EAGAIN (again)")]
    [InlineData("+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+0 < F. 1:1(0) ack 2 win 257\n+0 > . 2:2(0) ack 2")]
    [InlineData("+0 setsockopt(4, SOL_SOCKET, SO_LINGER, [{onoff=1, linger=0}], 8) = 0\n+0 close(4) = 0\n+0 > R. 1:1(0) ack 1")]
    [InlineData("+0 < R. 1:1(0) ack 1 win 0\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0")]
    [InlineData("+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1")]
    [InlineData("+0...0.2 poll([{fd=4, events=POLLIN, revents=0}], 1, 200) = 0")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1\n+0 ioctl(4, SIOCOUTQ, [1000]) = 0")]
    [InlineData("+0 %{ assert tcpi_state == TCP_ESTABLISHED and tcpi_snd_mss == 1000, tcpi_snd_mss }%")]
    [InlineData("+0 %{ x = 2 * 5\nassert 9 < x <= 10 and not (x & 1), 'x=%d' % x }%")]
    [InlineData("+0 `ss -n | grep ESTAB | grep -c :8080 | grep 1`")]
    public void What_is_true_passes(string script)
    {
        ScriptOutcome outcome = Run(script);
        Assert.True(outcome.Verdict == ScriptVerdict.Passed, $"{outcome.Line}: expected {outcome.Expected}, got {outcome.Got} {outcome.Feature}");
    }

    [Theory]
    [InlineData("+0 write(4, ..., 1000) = 999", "1000")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1002(1001) ack 1", "payload length")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 2:1002(1000) ack 1", "sequence number")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 2", "acknowledgment number")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > PF. 1:1001(1000) ack 1", "flags")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1 win 7", "window")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1 <nop,nop,TS val 1 ecr 1>", "options")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+0 > [ect0] P. 1:1001(1000) ack 1", "ECN bits")]
    [InlineData("+0 write(4, ..., 1000) = 1000\n+.5 > P. 1:1001(1000) ack 1", "it at 0.100 s")]
    [InlineData("+0 > . 1:1(0) ack 1", "nothing until")]
    [InlineData("+0...0.5 read(4, ..., 2000) = 1000\n+.1 < P. 1:1001(1000) ack 1 win 257", "it at 0.200 s")]
    [InlineData("+0 read(4, ..., 2000) = 1000", "it waits")]
    [InlineData("+0 read(4, ..., 2000) = -1 EPIPE (no)\n", "it waits")]
    [InlineData("+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0", "SO_ERROR")]
    [InlineData("+0 poll([{fd=4, events=POLLOUT, revents=POLLIN}], 1, 0) = 1", "revents")]
    [InlineData("+0 %{ assert tcpi_snd_mss == 1001, tcpi_snd_mss }%", "tcpi_snd_mss = 1000")]
    [InlineData("+0 `ss -n | grep ESTAB | grep -c :8080 | grep 2`", "it fails")]
    public void What_is_not_true_fails_and_says_why(string script, string got)
    {
        ScriptOutcome outcome = Run(script);
        Assert.Equal(ScriptVerdict.Failed, outcome.Verdict);
        Assert.Contains(got, outcome.Got, StringComparison.Ordinal);
        Assert.True(outcome.Line > 7, $"line {outcome.Line}");
    }

    [Theory]
    [InlineData("+0 pipe([5, 6]) = 0", "pipe()")]
    [InlineData("+0 `reboot`", "command reboot")]
    [InlineData("+0 `sysctl -w net.ipv4.tcp_bogus=1`", "net.ipv4.tcp_bogus=1")]
    [InlineData("+0 setsockopt(4, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0", "TCP_FASTOPEN")]
    [InlineData("+0 %{ assert tcpi_bogus == 1 }%", "the name tcpi_bogus in assertions")]
    [InlineData("+0 %{ import os }%", "Python: import")]
    [InlineData("+0 < S 1:1(0) win 1 <FO abcd>", "option FO")]
    public void What_is_not_there_is_named_and_no_failure(string script, string feature)
    {
        ScriptOutcome outcome = Run(script);
        Assert.Equal((ScriptVerdict.NotSupported, feature), (outcome.Verdict, outcome.Feature));
    }

    [Fact]
    public void An_hour_takes_no_time()
    {
        ScriptOutcome outcome = Run("+3600 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1");
        Assert.Equal(ScriptVerdict.Passed, outcome.Verdict);
        Assert.InRange(outcome.Duration, TimeSpan.FromSeconds(3600), TimeSpan.FromSeconds(3601));
    }

    [Theory]
    [InlineData(ScriptSecurity.Rfc5961, ScriptVerdict.Passed)]
    [InlineData(ScriptSecurity.Rfc793, ScriptVerdict.Failed)]
    public void Security_is_chosen_over_the_script(ScriptSecurity security, ScriptVerdict verdict)
        => Assert.Equal(verdict, ScriptRunner.Run(Server + "+0 < R 100:100(0) win 0\n+0 > . 1:1(0) ack 1\n", "test.pkt", new() { Security = security }).Verdict);

    [Fact]
    public void Whatever_a_script_does_it_has_an_outcome()
    {
        foreach (string text in DamagedScripts.Make(seed: 20260902, count: 1500))
        {
            ScriptOutcome outcome = ScriptRunner.Run(text, "damaged.pkt", new());
            Assert.True(outcome.Verdict == ScriptVerdict.Passed || outcome.Line > 0, text);
        }
    }

    private static ScriptOutcome Run(string script) => ScriptRunner.Run(Server + script + "\n", "test.pkt", new());
}
