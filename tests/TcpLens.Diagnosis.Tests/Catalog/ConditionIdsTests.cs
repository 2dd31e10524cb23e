namespace TcpLens.Diagnosis.Tests;

public sealed class ConditionIdsTests
{
    private static readonly string[] Ids = [.. ConditionCatalog.All.Select(static condition => condition.Info.Id)];

    [Fact]
    public void There_are_45_and_none_twice() => Assert.Equal(45, Ids.Distinct().Count());

    [Fact]
    public void Every_condition_that_a_page_points_to_exists()
    {
        IEnumerable<string> named = ErrnoCatalog.All.SelectMany(page => page.OnTcp?.Conditions ?? [])
            .Concat(SysctlCatalog.All.SelectMany(page => page.Conditions))
            .Concat(CounterCatalog.All.SelectMany(page => page.Conditions))
            .Concat(DropReasonCatalog.All.Concat(ResetReasonCatalog.All).SelectMany(page => page.Conditions));

        Assert.Equal([], named.Except(Ids));
    }

    [Fact]
    public void Every_condition_is_pointed_to_from_somewhere()
    {
        HashSet<string> named = [.. ErrnoCatalog.All.SelectMany(page => page.OnTcp?.Conditions ?? []), .. SysctlCatalog.All.SelectMany(page => page.Conditions), .. CounterCatalog.All.SelectMany(page => page.Conditions)];
        Assert.Equal([], Ids.Except(named));
    }
}
