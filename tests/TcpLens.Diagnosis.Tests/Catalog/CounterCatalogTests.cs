using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests;

public sealed class CounterCatalogTests
{
    [Fact]
    public void Every_page_says_what_is_counted_in_sentences()
        => Assert.All(
            CounterCatalog.All,
            page => Assert.All(new[] { page.Counts, page.Growth, page.NotToConfuse }.Where(text => text.Length > 0).Prepend(page.Counts), text => Assert.EndsWith(".", text)));

    [Fact]
    public void No_name_stands_twice_and_only_what_is_the_same_of_two_tables_shares_a_short_one()
    {
        Assert.Equal(CounterCatalog.All.Count, CounterCatalog.All.Select(page => page.Name).Distinct().Count());
        Assert.Equal(
            ["InCsumErrors", "inuse"],
            CounterCatalog.All.GroupBy(page => page.ShortName).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Theory]
    [InlineData("TcpExt.ListenDrops", "TcpExt.ListenDrops")]
    [InlineData("tcpext.listendrops", "TcpExt.ListenDrops")]
    [InlineData("ListenDrops", "TcpExt.ListenDrops")]
    [InlineData("TcpExtListenDrops", "TcpExt.ListenDrops")]
    [InlineData("sockstat TCP.orphan", "sockstat TCP.orphan")]
    [InlineData("sockstat.tcp.orphan", "sockstat TCP.orphan")]
    [InlineData("orphan", "sockstat TCP.orphan")]
    [InlineData("RetransSegs", "Tcp.RetransSegs")]
    [InlineData("InCsumErrors", "Tcp.InCsumErrors")]
    [InlineData("conntrack.early_drop", "conntrack.early_drop")]
    public void A_page_is_found_however_the_counter_is_written(string text, string name) => Assert.Equal(name, CounterCatalog.Find(text)?.Name);

    [Theory]
    [InlineData("")]
    [InlineData("TcpExt")]
    [InlineData("ListenDropped")]
    public void What_is_no_counter_has_no_page(string text) => Assert.Null(CounterCatalog.Find(text));

    [Fact]
    public void What_a_counter_is_agrees_with_how_it_is_read()
    {
        Assert.Equal(CounterKind.Gauge, CounterCatalog.Find("CurrEstab")!.Kind);
        Assert.Equal(CounterScope.Host, CounterCatalog.Find("sockstat TCP.mem")!.Scope);
        Assert.Equal(CounterScope.Namespace, CounterCatalog.Find("ListenDrops")!.Scope);
        Assert.Equal("/proc/net/snmp", CounterCatalog.Find("Tcp.OutRsts")!.File);
    }
}
