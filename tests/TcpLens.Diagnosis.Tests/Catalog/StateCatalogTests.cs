using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests;

public sealed class StateCatalogTests
{
    public static TheoryData<string> Ids => [.. StateCatalog.All.Select(page => page.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_page_says_what_it_is_who_waits_and_what_to_do_next(string id)
    {
        StatePage page = StateCatalog.Find(id)!;
        Assert.All(new[] { page.Title, page.Meaning, page.Waits, page.PileUp.Means }, Assert.NotEmpty);
        Assert.NotEmpty(page.NextSteps);
        Assert.All(page.OnLinux.Concat(page.PileUp.Myths), line => Assert.EndsWith(".", line));
        Assert.All(page.NextSteps, step => Assert.Contains(step.Command.Split(' ')[0], new[] { "tcplens", "ss" }));
    }

    [Fact]
    public void Every_state_has_one_page_of_its_own()
        => Assert.All(Enum.GetValues<TcpState>(), state => Assert.Single(StateCatalog.All, page => page.State == state && !page.IsLinuxOnly));

    [Fact]
    public void No_id_stands_twice() => Assert.Equal(StateCatalog.All.Count, StateCatalog.All.Select(page => page.Id).Distinct().Count());

    [Theory]
    [InlineData("CLOSE_WAIT", "close-wait")]
    [InlineData("closewait", "close-wait")]
    [InlineData("SYN_RCVD", "syn-received")]
    [InlineData("6", "time-wait")]
    [InlineData("TCP_ESTABLISHED", "established")]
    [InlineData("bound_inactive", "bound-inactive")]
    [InlineData("Request Socket", "request-socket")]
    public void A_page_is_found_by_its_id_and_by_every_spelling_of_its_state(string name, string id)
        => Assert.Equal(id, StateCatalog.Find(name)?.Id);

    [Theory]
    [InlineData("")]
    [InlineData("SYN+ACK")]
    [InlineData("close wait!")]
    public void What_is_no_state_has_no_page(string name) => Assert.Null(StateCatalog.Find(name));

    [Fact]
    public void How_a_state_is_entered_and_left_comes_from_the_table()
    {
        StatePage page = StateCatalog.Of(TcpState.FinWait1);
        Assert.Equal(TcpTransitions.All.Where(row => row.To == TcpState.FinWait1), page.Entered);
        Assert.Equal(TcpTransitions.All.Where(row => row.From == TcpState.FinWait1), page.Left);
    }

    [Fact]
    public void States_that_are_waits_for_the_network_have_a_timer_with_an_end()
        => Assert.All(
            new[] { TcpState.SynSent, TcpState.SynReceived, TcpState.FinWait1, TcpState.Closing, TcpState.LastAck, TcpState.TimeWait },
            state => Assert.Contains(StateCatalog.Of(state).Timers, rule => rule(_ => null).Duration is not null));

    [Fact]
    public void Every_page_named_on_a_page_exists()
    {
        IEnumerable<string> lines = StateCatalog.All.SelectMany(page => page.OnLinux.Concat(page.PileUp.Causes).Concat(page.NextSteps.Select(step => step.Command)));
        string[] named = [.. lines.Where(line => line.Contains("explain ")).Select(line => line.Split("explain ")[1].TrimEnd('.'))];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.NotNull(StateCatalog.Find(name)));
    }
}
