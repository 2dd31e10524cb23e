using System.Globalization;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>Finds what a word means, and lists what there is.</summary>
internal static class ExplainTopics
{
    /// <summary>The last number that is a state: 12 is Linux's NEW_SYN_RECV.</summary>
    private const int LastState = 12;

    private const int Suggestions = 3;

    /// <summary>
    /// A state, a condition, an errno, a setting, a counter, control bits or a reason of the kernel's to drop or to reset, in this order
    /// and in any spelling; null for anything else. What is written as the kernel writes its reasons is one before it is a setting:
    /// TCP_FASTOPEN, tcp_fastopen. A word for the kind may stand before it ("errno 11"). A bare number is a state up to 12 and an errno
    /// above; with a minus it is an errno; 0x0a is a state, because /proc writes it so, and larger hex numbers are bits.
    /// </summary>
    public static ExplainTopic? Find(string words)
    {
        string text = words.Trim();
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank > 0 && TopicKinds.Parse(text[..blank]) is { } kind)
        {
            // "reset storm in" begins with the word for a kind, and is the id of a condition.
            return Find(kind, text[(blank + 1)..].Trim()) ?? Condition(text);
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number is < 0 or > LastState)
        {
            return Errno(text);
        }

        return State(text) ?? (ExplainTopic?)Condition(text) ?? Errno(text) ?? (IsAsReasonsAre(text) ? Reason(text) : null)
            ?? Sysctl(text) ?? Counter(text) ?? Flags(text) ?? Reason(text);
    }

    public static IEnumerable<ExplainTopic> Of(TopicKind kind) => kind switch
    {
        TopicKind.State => StateCatalog.All.Select(page => new StateTopic(page)),
        TopicKind.Flags => FlagCatalog.All.Select(page => new FlagTopic(page)),
        TopicKind.Condition => ConditionPages.All.Select(page => new ConditionTopic(page)),
        TopicKind.Errno => ErrnoCatalog.All.Select(page => new ErrnoTopic(page)),
        TopicKind.Sysctl => SysctlCatalog.All.Select(page => new SysctlTopic(page)),
        TopicKind.Counter => CounterCatalog.All.Select(page => new CounterTopic(page)),
        TopicKind.Drop => DropReasonCatalog.All.Select(page => new DropTopic(page)),
        TopicKind.Reset => ResetReasonCatalog.All.Select(page => new ResetTopic(page)),
    };

    public static IEnumerable<ExplainTopic> All() => TopicKinds.All.SelectMany(Of);

    /// <summary>The topics whose names come nearest to what was typed, best first and at most three; empty when nothing is near.</summary>
    public static IReadOnlyList<string> Suggest(string words)
    {
        string typed = words.Trim().ToLowerInvariant();
        (string Name, int Distance)[] near = [.. Names().Select(name => (Name: name, Distance: Distance(typed, name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= 1 + (typed.Length / 4))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)];
        return [.. near.TakeWhile(pair => pair.Distance <= near[0].Distance + 1).Take(Suggestions).Select(pair => pair.Name)];
    }

    /// <summary>Every name to offer in completion: of settings and counters the short one, and then the whole one.</summary>
    public static IEnumerable<string> Names()
        => Of(TopicKind.State).Concat(Of(TopicKind.Flags)).Concat(Of(TopicKind.Condition)).Select(topic => topic.Name)
            .Concat(ErrnoCatalog.All.Where(page => page.IsAssigned).SelectMany(page => page.Aliases.Prepend(page.Symbol)))
            .Concat(SysctlCatalog.All.Select(page => page.Name)).Concat(CounterCatalog.All.Select(page => page.ShortName))
            .Concat(DropReasonCatalog.All.Concat(ResetReasonCatalog.All).Select(page => page.Name))
            .Concat(SysctlCatalog.All.Select(page => page.Key)).Concat(CounterCatalog.All.Select(page => page.Name.Replace(' ', '.')))
            .Distinct();

    private static ExplainTopic? Find(TopicKind kind, string text) => kind switch
    {
        TopicKind.State => State(text),
        TopicKind.Flags => Flags(text),
        TopicKind.Condition => Condition(text),
        TopicKind.Errno => Errno(text),
        TopicKind.Sysctl => Sysctl(text),
        TopicKind.Counter => Counter(text),
        TopicKind.Drop => Drop(text),
        TopicKind.Reset => Reset(text),
    };

    private static StateTopic? State(string text)
    {
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return StateCatalog.Find(text) is { } page ? new StateTopic(page, isNumber ? ErrnoCatalog.Of(number) : null) : null;
    }

    private static FlagTopic? Flags(string text) => ControlBitsText.TryParse(text, out ControlBits bits) ? new FlagTopic(FlagCatalog.Of(bits)) : null;

    private static ConditionTopic? Condition(string text) => ConditionPages.Find(text) is { } page ? new ConditionTopic(page) : null;

    private static ErrnoTopic? Errno(string text) => ErrnoCatalog.Find(text) is { } page ? new ErrnoTopic(page) : null;

    private static SysctlTopic? Sysctl(string text) => SysctlCatalog.Find(text) is { } page ? new SysctlTopic(page) : null;

    private static CounterTopic? Counter(string text) => CounterCatalog.Find(text) is { } page ? new CounterTopic(page) : null;

    private static DropTopic? Drop(string text) => DropReasonCatalog.Find(text) is { } page ? new DropTopic(page) : null;

    private static ResetTopic? Reset(string text) => ResetReasonCatalog.Find(text) is { } page ? new ResetTopic(page) : null;

    private static ExplainTopic? Reason(string text) => Drop(text) ?? (ExplainTopic?)Reset(text);

    private static bool IsAsReasonsAre(string text) => !text.Any(char.IsAsciiLetterLower);

    /// <summary>'_' and '-' are one letter here: which of them a name has is nothing to know by heart.</summary>
    private static int Distance(string typed, string name) => Spelling.Distance(typed.Replace('_', '-'), name.Replace('_', '-'));
}
