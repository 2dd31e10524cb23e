using TcpLens.Observation.Filters;

namespace TcpLens.Observation.Tests.Filters;

public sealed class FilterGrammarTests
{
    private static SocketFilter Parse(string text)
    {
        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(text, new KnownNames());
        Assert.True(failure is null, failure?.Render());
        return filter!;
    }

    [Theory]
    // What ss accepts.
    [InlineData("", "")]
    [InlineData("sport 22", "sport 22")]
    [InlineData("sport :22", "sport 22")]
    [InlineData("sport = :ssh", "sport 22")]
    [InlineData("( sport = :22 )", "sport 22")]
    [InlineData("dport eq 22", "dport 22")]
    [InlineData("sport != 22", "not sport 22")]
    [InlineData("sport ne 22", "not sport 22")]
    [InlineData("sport neq 22", "not sport 22")]
    [InlineData("sport < 1024", "sport 0-1023")]
    [InlineData("sport lt 1024", "sport 0-1023")]
    [InlineData("sport <= 1024", "sport 0-1024")]
    [InlineData("sport leq :1024", "sport 0-1024")]
    [InlineData("sport > 1024", "sport 1025-65535")]
    [InlineData("sport ge 1024", "sport 1024-65535")]
    [InlineData("sport geq 0", "sport *")]
    [InlineData("sport = *", "sport *")]
    [InlineData("sport inet6:22", "family v6 and sport 22")]
    [InlineData("src 127.0.0.1", "src 127.0.0.1")]
    [InlineData("src = 127.0.0.1", "src 127.0.0.1")]
    [InlineData("src 127.0.0.1:22", "src 127.0.0.1 and sport 22")]
    [InlineData("src 127.0.0.1:*", "src 127.0.0.1")]
    [InlineData("src 127/8", "src 127.0.0.0/8")]
    [InlineData("src 10.1/16:ssh", "src 10.1.0.0/16 and sport 22")]
    [InlineData("src 10.1.2.3/8", "src 10.0.0.0/8")]
    [InlineData("src ::1", "src [::1]")]
    [InlineData("src [::1]", "src [::1]")]
    [InlineData("src [::1]:22", "src [::1] and sport 22")]
    [InlineData("src [2001:db8::1]/32", "src [2001:db8::]/32")]
    [InlineData("src [2001:db8::1/32]:22", "src [2001:db8::]/32 and sport 22")]
    [InlineData("src ::ffff:1.2.3.4", "src [::ffff:1.2.3.4]")]
    [InlineData("dst :22", "dport 22")]
    [InlineData("dst *", "dport *")]
    [InlineData("dst *:22", "dport 22")]
    [InlineData("dst inet:*", "dst 0.0.0.0/0")]
    [InlineData("dst inet6:*:22", "dst [::]/0 and dport 22")]
    [InlineData("dst inet6:::1", "dst [::1]")]
    [InlineData("dst both", "dst 192.0.2.7 or dst [2001:db8::7]")]
    [InlineData("dst inet6:both", "dst [2001:db8::7]")]
    [InlineData("dst both:22", "(dst 192.0.2.7 or dst [2001:db8::7]) and dport 22")]
    [InlineData("dev lo", "dev 1")]
    [InlineData("dev != 7", "not dev 7")]
    [InlineData("fwmark = 0x10/0xff", "fwmark 0x10/0xff")]
    [InlineData("fwmark 16", "fwmark 0x10")]
    [InlineData("cgroup /known/web", "cgroup /known/web")]
    [InlineData("autobound", "sport 40000-50000")]
    [InlineData("! sport 22", "not sport 22")]
    [InlineData("not ( sport 22 )", "not sport 22")]
    [InlineData("sport 22 dport 80", "sport 22 and dport 80")]
    [InlineData("sport 22 & dport 80", "sport 22 and dport 80")]
    [InlineData("sport 22 || dport 80", "sport 22 or dport 80")]
    [InlineData("SPORT 22 AND NOT DPORT 80", "sport 22 and not dport 80")]
    [InlineData("state established", "state established")]
    [InlineData("state established sport 22", "state established and sport 22")]
    [InlineData("state established state time-wait sport 22", "state established,time-wait and sport 22")]
    [InlineData("exclude listening exclude closed", "exclude closed,listening")]
    [InlineData("excl time-wait state time-wait", "state all")]
    [InlineData("state connected exclude time-wait exclude established", "exclude established,time-wait,closed,listening")]
    [InlineData("state bucket", "state syn-recv,time-wait")]
    [InlineData("state big exclude big", "exclude all")]
    // What ss refuses.
    [InlineData("sport=:22", "sport 22")]
    [InlineData("(sport=:22)", "sport 22")]
    [InlineData("(sport=:22||sport=:80)&&!dport=:1", "(sport 22 or sport 80) and not dport 1")]
    [InlineData("src != 10.0.0.1", "not src 10.0.0.1")]
    [InlineData("src!=10.0.0.1:22", "not (src 10.0.0.1 and sport 22)")]
    [InlineData("sport = :80 state established", "sport 80 and state established")]
    [InlineData("not state listening", "not state listening")]
    [InlineData("! state listening state time-wait", "not state listening and state time-wait")]
    [InlineData("sport 22 or state LISTEN", "sport 22 or state listening")]
    [InlineData("state established and state established", "state established and state established")]
    [InlineData("state ESTAB", "state established")]
    [InlineData("state TCP_FIN_WAIT1,finwait2", "state fin-wait-1,fin-wait-2")]
    [InlineData("state bound-inactive", "state closed")]
    // What is new.
    [InlineData("sport 8000-8999", "sport 8000-8999")]
    [InlineData("dport 80,443,ssh", "dport 80,443,22")]
    [InlineData("sport != 80,443", "not sport 80,443")]
    [InlineData("port http-alt", "port 8008,8080")]
    [InlineData("addr 10/8", "addr 10.0.0.0/8")]
    [InlineData("host ::1", "addr [::1]")]
    [InlineData("addr 127.0.0.1:22", "(src 127.0.0.1 and sport 22) or (dst 127.0.0.1 and dport 22)")]
    [InlineData("family ipv6", "family v6")]
    [InlineData("process nginx*", "process nginx*")]
    [InlineData("comm != 'my app'", "not process \"my app\"")]
    [InlineData("process \"and\"", "process \"and\"")]
    [InlineData("pid 12", "pid 12")]
    [InlineData("user www-data", "uid = 33")]
    [InlineData("user != 0", "not uid = 0")]
    [InlineData("container web netns blue congestion bbr", "container web and netns blue and congestion bbr")]
    [InlineData("cgroup /system.slice/*", "cgroup /system.slice/*")]
    [InlineData("rtt>100ms", "rtt > 100ms")]
    [InlineData("rtt gt 0.1s", "rtt > 100ms")]
    [InlineData("minrtt <= 1500us", "minrtt <= 1500us")]
    [InlineData("rto > 1.5ms", "rto > 1500us")]
    [InlineData("idle > 90m", "idle > 90m")]
    [InlineData("age >= 24h", "age >= 1d")]
    [InlineData("rtt > 0", "rtt > 0")]
    [InlineData("sendq > 64k", "sendq > 64k")]
    [InlineData("sendq > 65536", "sendq > 64k")]
    [InlineData("sendq > 1.5MB", "sendq > 1536k")]
    [InlineData("recvq >= 1", "recvq >= 1")]
    [InlineData("retrans 0", "retrans = 0")]
    [InlineData("cookie 0x1f", "cookie = 31")]
    [InlineData("unaccepted or orphan", "unaccepted or orphan")]
    [InlineData("timer != keepalive kind timewait", "not timer keepalive and kind timewait")]
    public void A_filter_is_read_as(string text, string canonical)
    {
        SocketFilter filter = Parse(text);
        Assert.Equal(canonical, filter.ToString());
        Assert.Equal(filter.Root, Parse(canonical).Root);
    }

    [Theory]
    [InlineData("sport 1 or sport 2 and sport 3", "(sport 1 or sport 2) and sport 3", "sport 1 or (sport 2 and sport 3)")]
    [InlineData("sport 1 or sport 2 sport 3", "(sport 1 or sport 2) and sport 3", "sport 1 or (sport 2 and sport 3)")]
    [InlineData(
        "dport 9 and (sport 1 or sport 2 and sport 3)",
        "dport 9 and (sport 1 or sport 2) and sport 3",
        "dport 9 and (sport 1 or (sport 2 and sport 3))")]
    public void Mixed_operators_are_read_from_left_to_right_with_a_warning_that_shows_both_readings(string text, string ours, string other)
    {
        SocketFilter filter = Parse(text);

        Assert.Equal(ours, filter.ToString());
        string warning = Assert.Single(filter.Warnings);
        Assert.Contains(ours, warning, StringComparison.Ordinal);
        Assert.Contains(other, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sport 1 and sport 2 or sport 3")]
    [InlineData("sport 1 or (sport 2 and sport 3)")]
    [InlineData("sport 1 or sport 2 or sport 3")]
    public void There_is_no_warning_where_both_readings_are_the_same(string text) => Assert.Empty(Parse(text).Warnings);

    [Fact]
    public void Asking_for_two_states_at_once_is_warned_of()
        => Assert.Contains("no socket can match", Assert.Single(Parse("state established and state time-wait").Warnings), StringComparison.Ordinal);
}
