using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Glance;

/// <summary>Each rule twice: a machine on which it speaks, and one that looks alike and on which it must not.</summary>
public sealed class GlanceJudgeTests
{
    [Fact]
    public void A_quiet_machine_is_left_alone() => Assert.Empty(GlanceJudge.Judge(Machine()));

    [Theory]
    [InlineData(129, 128, 0, Severity.Critical, "full: 129 of 128")]
    [InlineData(110, 128, 0, Severity.Warning, "nearly full")]
    [InlineData(3, 128, 2, Severity.Warning, "dropped 2 segments of handshakes")]
    public void A_listener_under_pressure_is_named(uint queue, uint limit, int dropped, Severity severity, string words)
    {
        Remark remark = Assert.Single(GlanceJudge.Judge(Machine() with { Listeners = [Listener(queue, limit, dropped)] }));
        Assert.Equal(severity, remark.Severity);
        Assert.Contains(words, remark.Text);
        Assert.Contains("0.0.0.0:443 (nginx/12)", remark.Text);
    }

    [Theory]
    [InlineData(60, 128)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void A_listener_with_room_is_left_alone(uint queue, uint limit)
        => Assert.Empty(GlanceJudge.Judge(Machine() with { Listeners = [Listener(queue, limit, 0)] }));

    [Theory]
    [InlineData(TcpState.SynSent)]
    [InlineData(TcpState.SynReceived)]
    [InlineData(TcpState.FinWait1)]
    [InlineData(TcpState.LastAck)]
    [InlineData(TcpState.Closing)]
    public void A_pile_in_a_fleeting_state_is_named(TcpState state)
    {
        Assert.Contains(state.Name(StateSpelling.Ss), Assert.Single(GlanceJudge.Judge(Machine(state, 100))).Text);
        Assert.Empty(GlanceJudge.Judge(Machine(state, 99)));
    }

    [Theory]
    [InlineData(TcpState.Established)]
    [InlineData(TcpState.TimeWait)]
    [InlineData(TcpState.FinWait2)]
    public void Many_sockets_in_a_lasting_state_are_no_fault(TcpState state) => Assert.Empty(GlanceJudge.Judge(Machine(state, 50_000)));

    [Fact]
    public void The_program_that_forgets_to_close_is_named_with_its_pid()
    {
        StateCounts counts = default;
        counts[TcpState.CloseWait] = 500;
        Remark remark = Assert.Single(GlanceJudge.Judge(Machine() with { Processes = [new NamedCount("java/77", counts) { Pid = 77 }] }));

        Assert.Contains("java/77 has not closed 500", remark.Text);
        Assert.Equal("tcplens list state close-wait pid 77", remark.Next);
    }

    [Theory]
    [InlineData(23000, Severity.Warning)]
    [InlineData(27900, Severity.Critical)]
    public void Local_ports_that_run_out_are_named_before_they_do(int used, Severity severity)
        => Assert.Equal(severity, Assert.Single(GlanceJudge.Judge(Machine() with { UsablePorts = 28232, Ports = [Use(used)] })).Severity);

    [Fact]
    public void Half_of_the_local_ports_are_no_reason_to_speak()
        => Assert.Empty(GlanceJudge.Judge(Machine() with { UsablePorts = 28232, Ports = [Use(14000)] }));

    [Fact]
    public void Time_wait_is_named_only_near_its_own_limit()
    {
        Assert.Contains("tcp_max_tw_buckets", Assert.Single(GlanceJudge.Judge(Machine(timeWait: 7000))).Text);
        Assert.Empty(GlanceJudge.Judge(Machine(timeWait: 6000)));
    }

    [Theory]
    [InlineData(1000, 20, 0, 1)]
    [InlineData(1000, 20, 18, 0)]
    [InlineData(100, 20, 0, 0)]
    public void Loss_is_named_when_enough_was_sent_and_the_repeats_were_no_handshakes(long sent, long repeated, long handshakes, int remarks)
        => Assert.Equal(remarks, GlanceJudge.Judge(Machine() with { Moved = Moved(sent, repeated, handshakes) }).Count);

    [Fact]
    public void The_worst_comes_first()
    {
        IReadOnlyList<Remark> remarks = GlanceJudge.Judge(Machine(TcpState.SynSent, 400) with { Unaccepted = 3, Listeners = [Listener(200, 128, 0)] });
        Assert.Equal([Severity.Critical, Severity.Warning, Severity.Info], remarks.Select(remark => remark.Severity));
    }

    private static Observation.Glance Machine(TcpState state = TcpState.Established, long count = 0, long timeWait = 0)
    {
        StateCounts counts = default;
        counts[state] = count;
        return new Observation.Glance
        {
            Moved = Moved(0, 0, 0),
            Snapshot = new MachineSnapshot
            {
                TakenAt = DateTimeOffset.UnixEpoch,
                HostName = "web-1",
                Namespace = new NetworkNamespace(1),
                V4 = counts,
                V6 = default,
                Sockets = new SocketStat(count, timeWait, 0, 0, 0, 0),
                Settings = new HostSettings([new("net.ipv4.tcp_max_tw_buckets", "8192"), new("net.ipv4.tcp_max_orphans", "8192"), new("net.ipv4.tcp_mem", "100 200 300")]),
            },
        };
    }

    private static ListenerPressure Listener(uint queue, uint limit, int dropped)
    {
        var entry = new SocketEntry
        {
            State = TcpState.Listen,
            Family = IpFamily.V4,
            Local = new Endpoint(HostAddress.AnyV4, 443),
            Remote = default,
            ReceiveQueue = queue,
            SendQueue = limit,
        };
        return new ListenerPressure(new Listener(entry, 10), "nginx/12") { DroppedMeanwhile = dropped };
    }

    private static PortUse Use(int used) => new(HostAddress.V4(0x0a000001), new Endpoint(HostAddress.V4(0x0a000002), 5432), 1, used);

    private static CounterDifference Moved(long sent, long repeated, long handshakes)
    {
        return CounterSet.Difference(Set(sent, repeated, handshakes), Set(0, 0, 0), TimeSpan.FromSeconds(1));

        static CounterSet Set(long sent, long repeated, long handshakes)
        {
            var builder = new CounterSetBuilder(new CounterNames());
            CounterText.ParseTables(System.Text.Encoding.ASCII.GetBytes(
                $"Tcp: OutSegs RetransSegs\nTcp: {sent} {repeated}\nTcpExt: TCPSynRetrans\nTcpExt: {handshakes}\n"), builder);
            return builder.Build();
        }
    }
}
