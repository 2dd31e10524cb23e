using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Filters;

public sealed class FilterMatchingTests
{
    private static readonly SocketEntry Connection = new()
    {
        State = TcpState.Established,
        Family = IpFamily.V4,
        Local = At("10.0.0.1", 22),
        Remote = At("192.0.2.9", 50000),
        Inode = 77,
        UserId = 1000,
        CgroupId = 10,
        Cookie = 31,
    };

    private static readonly SocketEntry TimeWait = Connection with
    {
        State = TcpState.TimeWait,
        Kind = SocketKind.TimeWait,
        Timer = SocketTimer.TimeWait,
        Inode = 0,
        UserId = 0,
        CgroupId = 0,
    };

    private static Endpoint At(string address, ushort port) => new(HostAddress.Parse(address)!.Value, port);

    private static bool Matches(string text, SocketEntry entry, ISocketContext? context = null)
    {
        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(text, new KnownNames());
        Assert.True(failure is null, failure?.Render());
        return filter!.Matches(entry, context ?? new FakeContext());
    }

    private static FakeContext With(TcpInfo info) => new() { Detail = new SocketDetail { Info = info } };

    [Theory]
    [InlineData("", true)]
    [InlineData("sport 22", true)]
    [InlineData("dport 22", false)]
    [InlineData("port 22", true)]
    [InlineData("sport 20-30 and dport > 1024", true)]
    [InlineData("src 10/8", true)]
    [InlineData("src 11/8", false)]
    [InlineData("addr 192.0.2.0/24", true)]
    [InlineData("addr 192.0.2.9:22", false)]
    [InlineData("src ::/0", false)]
    [InlineData("src 0.0.0.0/0", true)]
    [InlineData("src ::ffff:10.0.0.1", false)]
    [InlineData("family v4", true)]
    [InlineData("state estab,listen", true)]
    [InlineData("not state estab", false)]
    [InlineData("sport 1 or sport 22 and dport 1", false)]
    [InlineData("sport 22 or (sport 1 and dport 1)", true)]
    [InlineData("user 1000 inode 77 cookie 31", true)]
    [InlineData("cgroup /known/web", true)]
    [InlineData("cgroup /known", false)]
    [InlineData("timer off kind full", true)]
    [InlineData("unaccepted", false)]
    public void An_ipv4_connection_is_judged(string text, bool expected) => Assert.Equal(expected, Matches(text, Connection));

    [Theory]
    [InlineData("src 10.0.0.1", true)]
    [InlineData("src 10/8", true)]
    [InlineData("src ::ffff:10.0.0.1", true)]
    [InlineData("src ::ffff:0:0/96", true)]
    [InlineData("src ::/0", true)]
    [InlineData("family v4", false)]
    public void An_ipv6_socket_that_carries_ipv4_is_matched_by_both(string text, bool expected)
        => Assert.Equal(expected, Matches(text, Connection with { Family = IpFamily.V6 }));

    [Theory]
    [InlineData("rtt > 1ms")]
    [InlineData("rtt <= 1ms")]
    [InlineData("age > 1s")]
    [InlineData("age < 1s")]
    [InlineData("idle > 0")]
    [InlineData("drops = 0")]
    [InlineData("congestion cubic")]
    [InlineData("fwmark 0")]
    [InlineData("process nginx")]
    [InlineData("pid 1")]
    [InlineData("cgroup *")]
    [InlineData("netns blue")]
    public void What_nobody_knows_matches_neither_way(string text)
    {
        Assert.False(Matches(text, Connection));
        Assert.False(Matches($"not ({text})", Connection));
        Assert.True(Matches($"not ({text}) or sport 22", Connection));
    }

    [Theory]
    [InlineData("user root")]
    [InlineData("uid 0")]
    [InlineData("uid != 0")]
    [InlineData("cgroup /known/web")]
    [InlineData("cgroup != /known/web")]
    [InlineData("rtt < 1s")]
    public void A_time_wait_socket_has_forgotten_whose_it_was(string text)
        => Assert.False(Matches(text.Replace("root", "www-data", StringComparison.Ordinal), TimeWait));

    [Fact]
    public void A_listener_has_no_round_trip_time_although_linux_says_zero()
        => Assert.False(Matches("rto < 1s", Connection with { State = TcpState.Listen }, With(new() { RetransmissionTimeoutMicroseconds = 0 })));

    [Fact]
    public void A_round_trip_time_of_zero_is_one_that_was_never_measured()
        => Assert.False(Matches("rtt < 1s", Connection, With(new() { RttMicroseconds = 0 })));

    [Theory]
    [InlineData("rtt > 99ms", true)]
    [InlineData("rtt > 100ms", false)]
    [InlineData("rtt >= 100ms", true)]
    [InlineData("rtt = 0.1s", true)]
    [InlineData("idle = 2s", true)]
    [InlineData("retrans != 0", true)]
    [InlineData("mss < 1.5k", true)]
    [InlineData("cwnd < 10", false)]
    public void Numbers_are_compared_with_their_units(string text, bool expected) => Assert.Equal(expected, Matches(text, Connection, With(new()
    {
        RttMicroseconds = 100_000,
        LastDataSentMilliseconds = 5000,
        LastDataReceivedMilliseconds = 2000,
        TotalRetransmittedSegments = 3,
        SendMssBytes = 1448,
        CongestionWindowSegments = 10,
    })));

    [Theory]
    [InlineData("age > 1h", true)]
    [InlineData("age >= 2h", true)]
    [InlineData("age != 1h", true)]
    [InlineData("age > 2h", false)]
    [InlineData("not age > 2h", false)]
    [InlineData("age < 3h", false)]
    [InlineData("not age < 2h", true)]
    [InlineData("not age < 3h", false)]
    public void Without_a_memory_an_age_is_only_known_to_be_at_least_the_longest_silence(string text, bool expected)
        => Assert.Equal(expected, Matches(text, Connection, With(new() { LastDataSentMilliseconds = 7_200_000, LastDataReceivedMilliseconds = 5 })));

    [Fact]
    public void A_remembered_age_is_exact_in_every_state()
    {
        var context = new FakeContext { Age = TimeSpan.FromMinutes(5) };

        Assert.True(Matches("age < 6m and not age < 5m", TimeWait, context));
    }

    [Theory]
    [InlineData("process nginx", true)]
    [InlineData("process ngin", false)]
    [InlineData("process NGINX", false)]
    [InlineData("process ng*x", true)]
    [InlineData("process *w?rk*", true)]
    [InlineData("process != nginx", false)]
    [InlineData("process averylongprocessname", true)]
    [InlineData("pid 12", true)]
    [InlineData("pid 14", false)]
    [InlineData("pid != 14", true)]
    public void One_holder_that_fits_is_enough(string text, bool expected) => Assert.Equal(expected, Matches(text, Connection, new FakeContext
    {
        Holders = [new(new(12, "nginx"), 3), new(new(13, "worker"), 3), new(new(15, "averylongproces"), 4)],
    }));

    [Fact]
    public void A_socket_without_inode_is_held_by_nobody_and_that_is_known()
    {
        Assert.True(Matches("process != nginx", TimeWait));
        Assert.True(Matches("process nginx", TimeWait, new FakeContext { Holders = [new(new(12, "nginx"), 3)] }));
    }

    [Fact]
    public void Containers_and_namespaces_are_matched_by_name_pattern_or_number()
    {
        var context = new FakeContext { Container = "web-1", Namespace = "blue" };

        Assert.True(Matches("container web-* netns blue", Connection, context));
        Assert.True(Matches("netns 4026531840", Connection with { Namespace = 4026531840 }));
        Assert.True(Matches("container != web-1", Connection));
        Assert.False(Matches("container != web-1", TimeWait));
    }

    [Theory]
    [InlineData("sport 22", 11)]
    [InlineData("state established and sport 22", 1)]
    [InlineData("state established or sport 22", 11)]
    [InlineData("not state established", 10)]
    [InlineData("not (state established or sport 22)", 10)]
    [InlineData("not (state established and sport 22)", 11)]
    [InlineData("state connected not state time-wait", 8)]
    [InlineData("rtt > 1s", 9)]
    [InlineData("not rtt > 1s", 9)]
    [InlineData("orphan", 4)]
    [InlineData("unaccepted", 2)]
    [InlineData("kind request", 1)]
    public void The_states_that_can_match_are_told_before_the_walk(string text, int count)
        => Assert.Equal(count, SocketFilter.Parse(text, NoNames.Instance).Filter!.States.Count);

    [Theory]
    [InlineData("sport 22", FilterNeeds.None)]
    [InlineData("rtt > 1s or drops > 0", FilterNeeds.TcpInfo | FilterNeeds.Memory)]
    [InlineData("not process x", FilterNeeds.Owners)]
    [InlineData("age > 1s container x", FilterNeeds.TcpInfo | FilterNeeds.Age | FilterNeeds.Container)]
    public void What_must_be_fetched_is_told_before_the_walk(string text, FilterNeeds needs)
        => Assert.Equal(needs, SocketFilter.Parse(text, NoNames.Instance).Filter!.Needs);

    [Fact]
    public void Judging_a_socket_allocates_nothing()
    {
        SocketFilter filter = SocketFilter.Parse("(sport 22,80 or src 10/8) and rtt > 1ms not process ngin*", NoNames.Instance).Filter!;
        var context = new FakeContext { Detail = new() { Info = new() { RttMicroseconds = 5000 } }, Holders = [new(new(1, "sshd"), 3)] };
        Assert.True(filter.Matches(Connection, context));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            filter.Matches(Connection, context);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
