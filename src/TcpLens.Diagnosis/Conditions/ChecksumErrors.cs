namespace TcpLens.Diagnosis;

/// <summary>
/// Segments arrive damaged. Tcp.InErrs counts refused SYNs too, so only Tcp.InCsumErrors is looked at (net/ipv4/tcp_ipv4.c). A damaged
/// segment is a lost one; of many thousands one passes the 16-bit sum.
/// </summary>
internal sealed class ChecksumErrors : Condition
{
    private const string Counter = "Tcp.InCsumErrors";
    private const int SeveralMin = 3;
    private const double PerMinute = 10;
    private const double Share = 0.0001;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "find the place: one remote means its path, all mean this host. Compare InCsumErrors of other hosts on the same switch", "none"),
        new(RemedyKind.Command, "see whether the card's receive offload is at fault: without it the processor checks the sums", "more processor time while it is off") { Command = "ethtool -K DEVICE rx off", Undo = "ethtool -K DEVICE rx on" },
        new(RemedyKind.Network, "replace cable, transceiver, card or memory where errors stay, and update the firmware of card and tunnel endpoints", "an interruption"),
    ];

    public override ConditionInfo Info { get; } = new(
        "checksum-errors",
        "Segments arrive damaged",
        "each is a loss, and now and then damaged data may pass the checksum");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Moved(Counter) is > 0 and var damaged)
        {
            verdict.Add(Find(facts, damaged));
        }
    }

    private Finding Find(CaseFile facts, long damaged)
    {
        long arrived = Math.Max(facts.Moved("Tcp.InSegs") ?? 0, damaged);
        double rate = facts.Rate(Counter) * 60;
        double share = (double)damaged / arrived;
        bool isWarning = damaged >= SeveralMin && (rate > PerMinute || share > Share);
        return new Finding
        {
            Condition = Info,
            Severity = isWarning ? Severity.Warning : Severity.Notice,
            Reason = $"{damaged:N0} in {facts.Seconds:0.0} s, {share:P3} of the segments that came; a warning from {SeveralMin} at more than {PerMinute:0} a minute or {Share:P2}",
            Summary = $"{Words.Of(damaged, "segment")} arrived damaged in {facts.Seconds:0.0} s",
            Evidence =
            [
                facts.CounterFact(Counter),
                facts.CounterFact("Tcp.InSegs"),
                .. Others(facts),
            ],
            Remedies = Cure,
            Avoid =
            [
                new("believing \"incorrect cksum\" of tcpdump on outgoing packets", "the card fills in the sum after the capture; only incoming ones tell"),
            ],
        };
    }

    /// <summary>Other protocols' sums and the cards' own errors, where they moved: they tell the place.</summary>
    private static IEnumerable<Fact> Others(CaseFile facts)
        => facts.Seen.Interfaces.Select(static link => $"device {link.Name}.rx_errors")
            .Concat(["IpExt.InCsumErrors", "Ip.InHdrErrors", "Udp.InCsumErrors", "Icmp.InCsumErrors"])
            .Where(counter => facts.Moved(counter) > 0)
            .Select(facts.CounterFact);
}
