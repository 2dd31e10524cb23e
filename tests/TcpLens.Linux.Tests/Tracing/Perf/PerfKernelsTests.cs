using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Kernels whose tracepoints tell more, or less, or elsewhere.</summary>
public sealed class PerfKernelsTests
{
    private const ulong Socket = 0xffff_8881_0000_1000;
    private const ulong Time = PerfOctets.Time;

    [Fact]
    public void A_state_change_of_Linux_4_16_is_read_where_its_fields_are()
    {
        TracepointFormat format = Formats.Parse(Formats.SetStateOf416);
        TraceRecord record = new Translated(TraceTopics.StateChanges, "", Formats.SetStateOf416)
            .Feed(PerfOctets.Change(format, Socket, TcpState.Established, TcpState.CloseWait)).Last;
        Assert.Equal((TcpState.Established, TcpState.CloseWait, IpFamily.V4, Socket), (record.From, record.To, record.Family, record.Socket));
        Assert.Equal((Endpoint("10.0.0.1", 40000), Endpoint("10.0.0.2", 443)), (record.Local, record.Remote));
    }

    [Fact]
    public void A_reset_of_Linux_6_1_has_ends_and_a_state_but_no_reason()
    {
        TracepointFormat format = Formats.Parse(Formats.SendResetOf61);
        Translated told = new(TraceTopics.Resets, "", Formats.SendResetOf61);
        TraceRecord record = told.Feed(PerfOctets.Sample(format, 0, Time,
            ("skaddr", Socket), ("state", 12), ("sport", 443), ("dport", 50000), ("family", 10),
            ("saddr_v6", PerfOctets.Mapped("2001:db8::1")), ("daddr_v6", PerfOctets.Mapped("2001:db8::2")))).Last;
        Assert.Equal((TcpState.SynReceived, IpFamily.V6), (record.From, record.Family));
        Assert.Equal((Endpoint("2001:db8::1", 443), Endpoint("2001:db8::2", 50000)), (record.Local, record.Remote));
        Assert.Null(told.Plan.Names.ReasonOf(record));
        Assert.Contains(told.Plan.BlindSpots, spot => spot.What == "resets received");
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", IpFamily.V4)]
    [InlineData("2001:db8::1", "2001:db8::2", IpFamily.V6)]
    public void A_reset_of_Linux_6_18_has_its_ends_as_socket_addresses_and_a_reason(string local, string remote, IpFamily family)
    {
        TracepointFormat format = Formats.Parse(Formats.SendReset);
        Translated told = new(TraceTopics.Resets, "", Formats.SendReset);
        TraceRecord record = told.Feed(PerfOctets.Sample(format, 0, Time,
            ("skaddr", 0), ("state", 0), ("reason", 1), ("saddr", PerfOctets.SocketAddress(local, 80)), ("daddr", PerfOctets.SocketAddress(remote, 50000)))).Last;
        Assert.Equal((Endpoint(local, 80), Endpoint(remote, 50000), family), (record.Local, record.Remote, record.Family));
        Assert.Equal("NO_SOCKET", told.Plan.Names.ReasonOf(record));
    }

    [Fact]
    public void A_dropped_segment_is_told_when_its_reason_is_of_TCP_or_its_socket_is_known()
    {
        TracepointFormat drops = Formats.Parse(Formats.FreeSkb), states = Formats.Parse(Formats.SetState);
        Translated told = new(TraceTopics.Drops | TraceTopics.StateChanges, "", Formats.FreeSkb, Formats.SetState);
        told.Feed(Drop(0, reason: 3), Drop(Socket, reason: 3));
        Assert.Empty(told.Records);

        TraceRecord damaged = told.Feed(Drop(0, reason: 5)).Last;
        Assert.Equal((TraceKind.SegmentDropped, "TCP_CSUM", IpFamily.V4), (damaged.Kind, told.Plan.Names.ReasonOf(damaged), damaged.Family));

        told.Feed(PerfOctets.Change(states, Socket, TcpState.Established, TcpState.FinWait1, pid: 7));
        TraceRecord known = told.Feed(Drop(Socket, reason: 3)).Last;
        Assert.Equal(("NO_SOCKET", TcpState.FinWait1, 7), (told.Plan.Names.ReasonOf(known), known.From, known.Pid));
        Assert.Equal((Endpoint("10.0.0.1", 40000), Endpoint("10.0.0.2", 443)), (known.Local, known.Remote));

        byte[] Drop(ulong socket, int reason)
            => PerfOctets.Sample(drops, 0, Time, ("skbaddr", 1), ("rx_sk", socket), ("protocol", 0x0800), ("reason", reason));
    }

    [Fact]
    public void What_a_kernel_lacks_is_said_and_the_rest_is_traced()
    {
        PerfPlan plan = new Translated(TraceTopics.StateChanges | TraceTopics.Drops | TraceTopics.Losses, "", Formats.SetState, Formats.FreeSkbOf510).Plan;
        Assert.Equal([TraceKind.StateChange], plan.Tracepoints.Select(tracepoint => tracepoint.Kind));
        Assert.Contains(plan.BlindSpots, spot => spot.What == "dropped segments" && spot.Why.Contains("skb:kfree_skb"));
        Assert.Contains(plan.BlindSpots, spot => spot.What == "losses" && spot.Why.Contains("tcp:tcp_cong_state_set"));
    }

    [Theory]
    [InlineData(TraceTopics.StateChanges, "", "protocol==6")]
    [InlineData(TraceTopics.Connects, "", "protocol==6&&(oldstate==2||newstate==2)")]
    [InlineData(TraceTopics.Resets, "", "protocol==6&&(oldstate==7||oldstate==10||newstate==7)")]
    [InlineData(TraceTopics.Connects | TraceTopics.Losses, "", "protocol==6&&(oldstate==2||newstate==2||oldstate==7||oldstate==10||newstate==7)")]
    [InlineData(TraceTopics.StateChanges, "family v6", "protocol==6&&family==10")]
    [InlineData(TraceTopics.StateChanges, "sport = :22", "protocol==6&&(sport==22||sport==0||oldstate==2)")]
    [InlineData(TraceTopics.StateChanges, "dport = :80,8000-8099", "protocol==6&&(dport==80||(dport>=8000&&dport<=8099)||dport==0)")]
    [InlineData(TraceTopics.StateChanges, "port 22 and dst 10.0.0.1", "protocol==6&&(sport==22||sport==0||oldstate==2||dport==22||dport==0)")]
    [InlineData(TraceTopics.StateChanges, "sport = :22 or dport = :22", "protocol==6")]
    [InlineData(TraceTopics.StateChanges, "not sport = :22", "protocol==6")]
    public void The_kernel_decides_what_it_can(TraceTopics topics, string filter, string condition)
        => Assert.Equal(condition, new Translated(topics, filter, Formats.SetState).Plan.Tracepoints[0].Filter);

    [Fact]
    public void Of_dropped_segments_the_kernel_sends_those_that_may_be_of_TCP()
        => Assert.Equal("(protocol==2048||protocol==34525)&&(reason==5||rx_sk!=0)", new Translated(TraceTopics.Drops, "sport = :22", Formats.FreeSkb).Plan.Tracepoints[0].Filter);

    [Theory]
    [InlineData("0-3\n", "0 1 2 3")]
    [InlineData("0,2-3,8", "0 2 3 8")]
    [InlineData("5", "5")]
    public void Processors_are_those_at_work(string list, string processors)
        => Assert.Equal(processors, string.Join(' ', PerfEvents.OnlineProcessors(list)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x-,99999999999,3-1")]
    public void Without_a_list_they_are_as_many_as_this_process_may_use(string? list)
        => Assert.Equal(Environment.ProcessorCount, PerfEvents.OnlineProcessors(list).Count);

    [Theory]
    [InlineData(8 << 20, 2, 1 << 20)]
    [InlineData(64 << 20, 2, 1 << 20)]
    [InlineData(8 << 20, 256, 256 << 10)]
    [InlineData(1, 2, 4 << 10)]
    [InlineData(3 << 20, 2, 256 << 10)]
    public void Rings_are_a_share_of_what_was_asked_for_within_bounds(int asked, int processors, int length)
        => Assert.Equal(length, PerfEvents.LengthFor(asked, processors));

    [Theory]
    [InlineData(Capabilities.None, "2", false)]
    [InlineData(Capabilities.None, "0", false)]
    [InlineData(Capabilities.None, "-1", true)]
    [InlineData(Capabilities.Bpf, null, false)]
    [InlineData(Capabilities.Perfmon, "4", true)]
    [InlineData(Capabilities.SysAdmin, "2", true)]
    public void What_perf_needs(Capabilities effective, string? paranoid, bool isAllowed)
        => Assert.Equal(isAllowed, PerfSupport.IsAllowedWith(effective, paranoid));

    private static Endpoint Endpoint(string address, ushort port) => new(HostAddress.From(System.Net.IPAddress.Parse(address)), port);
}
