using System.Globalization;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>What a trigger waits for.</summary>
internal enum TriggerKind
{
    /// <summary>Any RST.</summary>
    Reset,

    /// <summary>A RST that answers a SYN: sequence number 0, and it acknowledges (RFC 9293 §3.10.7.1).</summary>
    Refused,

    /// <summary>SYNs to one port of which fewer than half are followed by the ACK that ends a handshake.</summary>
    SynFlood,

    /// <summary>A segment with a mark.</summary>
    Mark,

    /// <summary>A packet that a filter takes.</summary>
    Packet,

    /// <summary>Something that the doctor finds.</summary>
    Finding,
}

/// <summary>
/// A condition on which packets are kept: <c>reset</c>, <c>zero-window</c>, <c>retransmission&gt;100/s</c>,
/// <c>packet icmp</c>, <c>finding listen-overflow</c>.
/// </summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Kind">What is waited for.</param>
/// <param name="Threshold">So many within one second are not yet enough.</param>
/// <param name="Mark">Of <see cref="TriggerKind.Mark"/>.</param>
/// <param name="Filter">Of <see cref="TriggerKind.Packet"/>, in tcpdump's language; of <see cref="TriggerKind.Finding"/> the condition's id.</param>
internal sealed record Trigger(string Text, TriggerKind Kind, int Threshold, SegmentMarks Mark = SegmentMarks.None, string Filter = "")
{
    /// <summary>SYNs to one port within a second from which on they can be a flood.</summary>
    public const int UsualFlood = 500;

    private const string PacketWord = "packet ";
    private const string FindingWord = "finding ";
    private const int MostThreshold = 1_000_000;

    /// <summary>What may be written, for completion and for mistakes; any other mark of docs/marks.md may stand there too.</summary>
    public static readonly string[] Names =
        ["reset", "refused", "zero-window", "retransmission", "syn-flood", .. MarkCatalog.All.Select(static info => info.Mark.Name()).Where(static name => name is not ("zero-window" or "retransmission"))];

    /// <exception cref="UsageException">It is none.</exception>
    public static Trigger Parse(string text)
    {
        if (text.StartsWith(PacketWord, StringComparison.Ordinal))
        {
            return new(text, TriggerKind.Packet, 0, Filter: text[PacketWord.Length..]);
        }

        if (text.StartsWith(FindingWord, StringComparison.Ordinal))
        {
            string id = text[FindingWord.Length..].Trim();
            return ConditionCatalog.Find(id) is { } condition ? new(text, TriggerKind.Finding, 0, Filter: condition.Info.Id) : throw new UsageException(
                $"--trigger {text}: the doctor knows no such condition{Suggestion.For(id, [.. ConditionCatalog.All.Select(static known => known.Info.Id)])}\ntry: tcplens explain, which lists them");
        }

        string[] parts = text.Split('>', 2, StringSplitOptions.TrimEntries);
        int? threshold = parts.Length == 2 ? ThresholdOf(text, parts[1]) : null;
        return parts[0].ToLowerInvariant() switch
        {
            "reset" or "rst" => new(text, TriggerKind.Reset, threshold ?? 0),
            "refused" => new(text, TriggerKind.Refused, threshold ?? 0),
            "syn-flood" => new(text, TriggerKind.SynFlood, threshold ?? UsualFlood),
            "retransmissions" => new(text, TriggerKind.Mark, threshold ?? 0, SegmentMarks.Retransmission),
            var name when MarkCatalog.All.FirstOrDefault(info => info.Mark.Name() == name) is { } info => new(text, TriggerKind.Mark, threshold ?? 0, info.Mark),
            var name => throw new UsageException(
                $"--trigger {text}: there is no such condition{Suggestion.For(name, Names)}; say reset, refused, zero-window, retransmission>100/s, syn-flood, another mark, 'packet FILTER' or 'finding ID'"),
        };
    }

    /// <summary>"100/s"</summary>
    private static int ThresholdOf(string text, string rate)
        => int.TryParse(rate.EndsWith("/s", StringComparison.Ordinal) ? rate[..^2] : rate, NumberStyles.None, CultureInfo.InvariantCulture, out int threshold) && threshold <= MostThreshold
            ? threshold
            : throw new UsageException($"--trigger {text}: say how many in a second: {text[..(text.IndexOf('>', StringComparison.Ordinal) + 1)]}100/s");

    /// <summary>The filter of a packet, for the link it comes from; null for other kinds.</summary>
    /// <exception cref="UsageException">The filter cannot be understood.</exception>
    public PacketFilter? Compile(int linkType)
    {
        try
        {
            return Kind == TriggerKind.Packet ? PacketFilter.Compile(Filter, linkType) : null;
        }
        catch (FilterSyntaxException failure)
        {
            throw FilterAdvice.Of(failure);
        }
    }
}

/// <summary>A trigger that fired.</summary>
/// <param name="Trigger">As the user wrote it.</param>
/// <param name="AtNanoseconds">Time of the packet that did it.</param>
/// <param name="Reason">What happened, with the connection: "reset of 10.0.0.1:43248 > 10.0.0.2:443".</param>
internal sealed record Firing(string Trigger, long AtNanoseconds, string Reason);
