namespace TcpLens.Diagnosis.Tests;

public sealed class RootCausesTests
{
    private static readonly ConditionInfo Cause = new("cause", "A cause", "much");
    private static readonly ConditionInfo Middle = new("middle", "A link", "some") { ExplainedBy = ["cause"] };
    private static readonly ConditionInfo Effect = new("effect", "An effect", "a little") { ExplainedBy = ["middle", "cause"] };

    [Fact]
    public void A_chain_of_causes_becomes_a_chain_of_consequences()
    {
        Finding root = Assert.Single(RootCauses.Arrange([Find(Effect, "a"), Find(Middle, "a"), Find(Cause, "a")]));
        Assert.Equal("cause", root.Condition.Id);
        Assert.Equal("middle", Assert.Single(root.Consequences).Condition.Id);
        Assert.Equal("effect", Assert.Single(root.Consequences[0].Consequences).Condition.Id);
    }

    [Fact]
    public void A_missing_link_does_not_break_the_chain()
    {
        Finding root = Assert.Single(RootCauses.Arrange([Find(Effect, "a"), Find(Cause, "a")]));
        Assert.Equal("effect", Assert.Single(root.Consequences).Condition.Id);
    }

    [Fact]
    public void Findings_about_others_are_not_linked()
        => Assert.Equal(2, RootCauses.Arrange([Find(Effect, "nginx/1"), Find(Cause, "java/2")]).Count);

    [Fact]
    public void What_is_about_the_whole_machine_explains_any_of_its_effects()
        => Assert.Single(RootCauses.Arrange([Find(Effect, "nginx/1"), Find(Cause, null)]));

    [Fact]
    public void A_mild_cause_stands_as_high_as_its_worst_consequence()
    {
        IReadOnlyList<Finding> arranged = RootCauses.Arrange(
        [
            Find(new ConditionInfo("other", "Something else", ""), "x", Severity.Warning),
            Find(Cause, "a", Severity.Notice),
            Find(Effect, "a", Severity.Critical),
        ]);
        Assert.Equal(["cause", "other"], arranged.Select(static finding => finding.Condition.Id));
    }

    [Fact]
    public void Two_conditions_that_explain_each_other_are_both_shown()
    {
        ConditionInfo one = new("one", "", "") { ExplainedBy = ["two"] };
        ConditionInfo two = new("two", "", "") { ExplainedBy = ["one"] };
        IReadOnlyList<Finding> arranged = RootCauses.Arrange([Find(one, "a"), Find(two, "a")]);
        Assert.Equal(2, DoctorReport.Flatten(arranged).Count());
    }

    [Fact]
    public void A_finding_without_evidence_cannot_be_made()
        => Assert.Throws<ArgumentException>(static () => Find(Cause, "a") with { Evidence = [] });

    private static Finding Find(ConditionInfo condition, string? culprit, Severity severity = Severity.Warning) => new()
    {
        Condition = condition,
        Subject = culprit,
        Severity = severity,
        Reason = "a threshold",
        Summary = "something is wrong",
        Evidence = [new Fact("seen", "somewhere")],
        Culprits = culprit is null ? [] : [new Culprit(CulpritKind.Process, culprit)],
        Remedies = [],
    };
}
