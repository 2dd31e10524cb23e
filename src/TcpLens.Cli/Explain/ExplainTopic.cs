using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>Something that can be explained.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">By which it is listed and found.</param>
/// <param name="Brief">One line about it, for lists.</param>
internal abstract record ExplainTopic(TopicKind Kind, string Name, string Brief)
{
    public abstract Explanation Text(MachineFacts machine);

    /// <summary>
    /// One object, schema "tcplens.explain/1". It has a time because what it says of the machine (seconds of timers, values of
    /// settings and counters) changes.
    /// </summary>
    public void Write(Utf8JsonWriter json, MachineFacts machine, string host, DateTimeOffset takenAt)
    {
        json.WriteStartObject();
        json.WriteString("schema", "tcplens.explain/1");
        json.WriteString("host", host);
        json.WriteString("taken_at", takenAt);
        json.WriteString("kind", Kind.Word());
        WriteMembers(json, machine);
        json.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter json, MachineFacts machine);
}

/// <summary>A state, and the errno of the same number where it was asked for by a bare number.</summary>
internal sealed record StateTopic(StatePage Page, ErrnoPage? SameNumber = null) : ExplainTopic(TopicKind.State, Page.Id, Page.Title)
{
    public override Explanation Text(MachineFacts machine) => StateExplanation.Text(Page, SameNumber, machine.Setting);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => StateExplanation.Write(json, Page, SameNumber, machine.Setting);
}

internal sealed record FlagTopic(FlagPage Page) : ExplainTopic(TopicKind.Flags, ControlBitsText.Format(Page.Bits), Page.Title)
{
    public override Explanation Text(MachineFacts machine) => FlagExplanation.Text(Page);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => FlagExplanation.Write(json, Page);
}

internal sealed record ConditionTopic(ConditionPage Page) : ExplainTopic(TopicKind.Condition, Page.Id, Page.Title)
{
    public override Explanation Text(MachineFacts machine) => MarkdownText.Read(Page.Markdown, Page.Id);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine)
    {
        json.WriteString("id", Page.Id);
        json.WriteString("title", Page.Title);
        json.WriteString("markdown", Page.Markdown);
    }
}

internal sealed record ErrnoTopic(ErrnoPage Page) : ExplainTopic(TopicKind.Errno, Page.Name, ErrnoExplanation.Brief(Page))
{
    public override Explanation Text(MachineFacts machine) => ErrnoExplanation.Text(Page);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => ErrnoExplanation.Write(json, Page);
}

internal sealed record SysctlTopic(SysctlPage Page) : ExplainTopic(TopicKind.Sysctl, Page.Key, SysctlExplanation.Brief(Page))
{
    public override Explanation Text(MachineFacts machine) => SysctlExplanation.Text(Page, machine);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => SysctlExplanation.Write(json, Page, machine);
}

internal sealed record CounterTopic(CounterPage Page) : ExplainTopic(TopicKind.Counter, Page.Name, Page.Counts)
{
    public override Explanation Text(MachineFacts machine) => CounterExplanation.Text(Page, machine);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => CounterExplanation.Write(json, Page, machine);
}

/// <summary>A reason to throw a segment away, and the reason to send an RST that has the same name, if there is one.</summary>
internal sealed record DropTopic(ReasonPage Page) : ExplainTopic(TopicKind.Drop, Page.Name, Page.Phrase)
{
    private ReasonPage? AsReset => ResetReasonCatalog.Find(Page.Name);

    public override Explanation Text(MachineFacts machine) => ReasonExplanation.Text(Page, AsReset);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => ReasonExplanation.Write(json, Page, ReasonExplanation.Drops, AsReset);
}

internal sealed record ResetTopic(ReasonPage Page) : ExplainTopic(TopicKind.Reset, Page.Name, Page.Phrase)
{
    public override Explanation Text(MachineFacts machine) => ReasonExplanation.Text(Page);

    protected override void WriteMembers(Utf8JsonWriter json, MachineFacts machine) => ReasonExplanation.Write(json, Page, ReasonExplanation.Resets);
}
