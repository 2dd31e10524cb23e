using TcpLens.Observation.Filters;

namespace TcpLens.Observation.Tests.Filters;

public sealed class FilterErrorTests
{
    private static FilterError Fail(string text)
    {
        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(text, new KnownNames());
        Assert.Null(filter);
        return failure!;
    }

    [Theory]
    [InlineData("state estalbished", "estalbished", "established")]
    [InlineData("state established,tiem-wait", "tiem-wait", "time-wait")]
    [InlineData("spotr 22", "spotr", "sport")]
    [InlineData("sprot = :22", "sprot", "sport")]
    [InlineData("procss nginx", "procss", "process")]
    [InlineData("retrns > 0", "retrns", "retrans")]
    [InlineData("established", "established", "state established")]
    [InlineData("LISTEN and sport 22", "LISTEN", "state LISTEN")]
    [InlineData("nginx", "nginx", "process nginx")]
    [InlineData("443", "443", "port 443")]
    [InlineData(":443", ":443", "port 443")]
    [InlineData("10.0.0.1", "10.0.0.1", "addr 10.0.0.1")]
    [InlineData("rtt > 100", "100", "100ms")]
    [InlineData("rtt > 100xs", "100xs", "100ms")]
    [InlineData("retrans > 3ms", "3ms", "3")]
    [InlineData("sport => 22", "=>", ">=")]
    [InlineData("sport =< 22", "=<", "<=")]
    [InlineData("sport <> 22", "<>", "!=")]
    [InlineData("sport ! 22", "!", "!=")]
    [InlineData("sport 80-22", "80-22", "22-80")]
    [InlineData("src 10.1", "10.1", "10.1/16")]
    [InlineData("src 8080", "8080", ":8080")]
    [InlineData("src > 10.0.0.1", ">", "sport")]
    [InlineData("process > nginx", ">", "=")]
    [InlineData("pid nginx", "nginx", "process nginx")]
    [InlineData("src fe80::1%eth0", "fe80::1%eth0", "fe80::1 dev eth0")]
    [InlineData("timer keepalife", "keepalife", "keepalive")]
    [InlineData("kind reqest", "reqest", "request")]
    public void A_mistake_is_pointed_at_with_what_was_meant(string text, string wrong, string suggestion)
    {
        FilterError failure = Fail(text);

        Assert.Equal(wrong, text.Substring(failure.Position, failure.Length));
        Assert.Equal(suggestion, failure.Suggestion);
    }

    [Theory]
    [InlineData("sport", 5)]
    [InlineData("sport 22 and", 12)]
    [InlineData("sport 22 or )", 12)]
    [InlineData("( sport 22", 0)]
    [InlineData("sport 22 )", 9)]
    [InlineData("()", 1)]
    [InlineData("and sport 22", 0)]
    [InlineData("sport and", 6)]
    [InlineData("process 'nginx", 8)]
    [InlineData("sport 22,", 9)]
    [InlineData("sport 80, 443", 9)]
    [InlineData("sport 65536", 6)]
    [InlineData("sport > 65535", 8)]
    [InlineData("sport < 0", 8)]
    [InlineData("sport > 1-2", 8)]
    [InlineData("sport nosuch", 6)]
    [InlineData("dst nosuch", 4)]
    [InlineData("dst 10.0.0.0/33", 4)]
    [InlineData("dst 1.2.3.4.5", 4)]
    [InlineData("dst 1.2.3.256", 4)]
    [InlineData("dst ::/129", 4)]
    [InlineData("dst :::1", 4)]
    [InlineData("dst inet:::1", 9)]
    [InlineData("dst unix:/run/x", 4)]
    [InlineData("dev nosuch", 4)]
    [InlineData("user nosuch", 5)]
    [InlineData("cgroup /nosuch", 7)]
    [InlineData("fwmark 1/2/3", 7)]
    [InlineData("fwmark 0x100000000", 7)]
    [InlineData("rtt > 1.5us", 6)]
    [InlineData("rtt > 99999999999999999999d", 6)]
    [InlineData("rtt > -1ms", 6)]
    [InlineData("retrans > 1.5", 10)]
    public void What_is_wrong_or_missing_has_its_place(string text, int position) => Assert.Equal(position, Fail(text).Position);

    [Fact]
    public void An_error_shows_the_filter_a_caret_line_and_the_suggestion() => Assert.Equal(
        """
        sport 22 or sprot 23
                    ^^^^^
        no term begins with “sprot”; did you mean “sport”?
        """,
        Fail("sport 22 or sprot 23").Render());

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(5000)]
    public void The_caret_stands_under_the_mistake_in_a_long_filter_too(int blanks)
    {
        string text = new string(' ', blanks) + "wrong" + new string(' ', 300) + "sport 1";

        string[] lines = Fail(text).Render().Split('\n');

        Assert.Equal(lines[0].IndexOf("wrong", StringComparison.Ordinal), lines[1].IndexOf('^', StringComparison.Ordinal));
        Assert.InRange(lines[0].Length, 1, 80);
    }

    [Fact]
    public void An_error_never_repeats_control_characters_to_the_terminal()
        => Assert.DoesNotContain('\e', Fail("sport \e[31m22").Render());

    [Theory]
    [InlineData("(", ")", 5000)]
    [InlineData("!", "", 5000)]
    [InlineData("sport 1 or sport 2 and ", "", 600)]
    public void A_filter_that_is_too_deep_or_too_long_is_an_error_and_no_crash(string open, string close, int times)
    {
        string text = string.Concat(Enumerable.Repeat(open, times)) + "sport 1" + string.Concat(Enumerable.Repeat(close, times));

        Assert.Contains("at most", Fail(text).Message, StringComparison.Ordinal);
    }
}
