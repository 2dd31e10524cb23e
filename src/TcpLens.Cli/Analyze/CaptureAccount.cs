using System.Globalization;
using TcpLens.Capture;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What the files of a run held, and what was wrong with them, summed.</summary>
internal sealed class CaptureAccount
{
    private CaptureAccount()
    {
    }

    public required IReadOnlyList<(string Name, CaptureReader Reader)> Files { get; init; }

    public required AnalyzerOptions Analysis { get; init; }

    /// <summary>Connections given up to make room.</summary>
    public required long Evicted { get; init; }

    public string? PacketFilter { get; init; }

    /// <summary>True when somebody ended the reading before the end.</summary>
    public bool WasInterrupted { get; init; }

    public long Packets => Sum(static tally => tally.Packets);

    public long Octets => Sum(static tally => tally.Octets);

    public long CapturedOctets => Sum(static tally => tally.CapturedOctets);

    public long Truncated => Sum(static tally => tally.Truncated);

    public long TimesBackwards => Sum(static tally => tally.TimesBackwards);

    /// <summary>Packets that the captures lost by their own account.</summary>
    public long Dropped => Sum(static tally => tally.Dropped);

    /// <summary>Segments that an interface put together, or had yet to cut (TSO, GRO), and jumbo frames.</summary>
    public long Large => Sum(static tally => tally.LargeSegments);

    public long Damages => Sum(static tally => tally.Damages);

    public Instant? First => Files.Select(static file => file.Reader.Tally.First).OfType<Instant>().Cast<Instant?>().Min();

    public Instant? Last => Files.Select(static file => file.Reader.Tally.Last).OfType<Instant>().Cast<Instant?>().Max();

    public TimeSpan Span => First is { } first && Last is { } last ? last - first : TimeSpan.Zero;

    public string Formats => string.Join(", ", Files.Select(static file => file.Reader.Format).Where(static format => format.Length > 0).Distinct());

    public static CaptureAccount Of(CaptureInput input, AnalyzeChoice choice, ConnectionAnalyzer analyzer, bool wasInterrupted) => new()
    {
        Files = input.Files,
        Analysis = choice.Analysis,
        Evicted = analyzer.Evicted,
        PacketFilter = choice.PacketFilter,
        WasInterrupted = wasInterrupted,
    };

    public long Of(PacketKind kind) => Sum(tally => tally[kind]);

    public long Of(PacketFault fault) => Sum(tally => tally[fault]);

    /// <summary>What was not TCP, most first: "344 UDP", "12 ARP".</summary>
    public IEnumerable<(string Name, long Count)> Others()
        => Enum.GetValues<PacketKind>().Where(static kind => kind != PacketKind.Tcp)
            .Select(kind => (NameOf(kind), Of(kind)))
            .Where(static other => other.Item2 > 0)
            .OrderByDescending(static other => other.Item2);

    /// <summary>What makes the answer less than certain, a sentence each.</summary>
    public IEnumerable<string> Doubts()
    {
        if (WasInterrupted)
        {
            yield return "interrupted: this is what was read until then";
        }

        if (Dropped > 0)
        {
            yield return $"{Count(Dropped, "packet")} lost by the capture itself, by its own account: what was sent in them is missing below";
        }

        foreach (PacketFault fault in Enum.GetValues<PacketFault>())
        {
            if (fault != PacketFault.None && Of(fault) is > 0 and var count)
            {
                yield return $"{Count(count, "malformed packet")}: {fault.Text()}";
            }
        }

        foreach ((LinkType link, long count) in Files.SelectMany(static file => file.Reader.Tally.UnknownLinks))
        {
            yield return $"{Count(count, "packet")} of link type {(link == LinkType.Other ? "of many other numbers" : ((uint)link).ToString(CultureInfo.InvariantCulture))}, which is not read";
        }

        if (TimesBackwards > 0)
        {
            yield return $"{Count(TimesBackwards, "packet")} stamped earlier than the packet before: times around them are not to be trusted";
        }

        if (Truncated > 0)
        {
            yield return $"{Count(Truncated, "packet")} cut by the snap length: their payload cannot be shown whole";
        }

        if (Large > 0)
        {
            yield return $"{Count(Large, "segment")} larger than 1,500 octets: cut or joined by an interface (TSO, GRO) or jumbo frames, so counts of segments are not those of the wire";
        }

        if (Evicted > 0)
        {
            yield return $"{Count(Evicted, "connection")} given up before they ended, to make room (--max-connections {Analysis.MaxConnections:N0}): what came after counts as another";
        }
    }

    /// <summary>One file that is none may be a mistake among many; when all are none, there is nothing to show.</summary>
    /// <exception cref="IOException">No file is a capture.</exception>
    public void ThrowIfNoCapture()
    {
        if (Packets == 0 && !WasInterrupted && Files.All(static file => file.Reader.Format.Length == 0 && file.Reader.Damage.Count > 0))
        {
            (string name, CaptureReader reader) = Files[0];
            throw new IOException($"{name} is no capture: {reader.Damage[0].Text}");
        }
    }

    /// <summary>Damages with their files, as many as are kept.</summary>
    public IEnumerable<(string File, CaptureDamage Damage)> AllDamage() => Files.SelectMany(static file => file.Reader.Damage.Select(damage => (file.Name, damage)));

    public static string NameOf(PacketKind kind) => kind switch
    {
        PacketKind.Tcp => "TCP",
        PacketKind.IcmpAboutTcp => "ICMP about TCP",
        PacketKind.Icmp => "ICMP",
        PacketKind.Udp => "UDP",
        PacketKind.OtherIp => "other IP",
        PacketKind.Arp => "ARP",
        PacketKind.NonIp => "not IP",
        PacketKind.Fragment => "lone fragment",
        PacketKind.Cut => "cut too short",
        PacketKind.Malformed => "malformed",
        PacketKind.UnknownLink => "unknown link",
        PacketKind.LeftOut => "left out by the filter",
    };

    private static string Count(long count, string noun) => Diagnosis.Words.Of(count, noun);

    private long Sum(Func<CaptureTally, long> number) => Files.Sum(file => number(file.Reader.Tally));
}
