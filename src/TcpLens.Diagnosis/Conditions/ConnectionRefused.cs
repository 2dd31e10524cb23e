namespace TcpLens.Diagnosis;

/// <summary>
/// Connects of this machine are refused: by a RST because nobody listens, or by an ICMP error of a firewall or router. A refused
/// connect leaves no socket behind, only counters (net/ipv4/tcp_input.c, tcp_reset; icmp.c, icmp_err_convert).
/// </summary>
internal sealed class ConnectionRefused : Condition
{
    private const int FewMax = 20;
    private const double SomeShare = 0.05;
    private const double ManyShare = 0.5;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Application, "start the service, or let it listen on the address and family that its clients use (see: tcplens list state listening -p)", "none"),
        new(RemedyKind.Application, "wait longer after each refusal before trying again, with some randomness", "a service that is back is found a little later"),
    ];

    /// <summary>For a refusal by RST.</summary>
    internal static readonly Remedy AnswersWithReset = new(
        RemedyKind.Network, "if the service does listen, look for a firewall that answers with a RST, and for a container port that is not published", "none");

    public override ConditionInfo Info { get; } = new(
        "connection-refused",
        "Outgoing connects are refused",
        "a service that this machine needs cannot be reached: ECONNREFUSED, EHOSTUNREACH");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (ResetCounts.Of(facts) is not { } resets || facts.Moved("Tcp.ActiveOpens") is not { } opens)
        {
            return;
        }

        double share = (double)resets.Refused / Math.Max(1, opens);
        if (resets.Refused > FewMax && share > SomeShare)
        {
            verdict.Add(Find(facts, resets, opens, share));
        }
    }

    private Finding Find(CaseFile facts, ResetCounts resets, long opens, double share)
    {
        long unreachable = Math.Min(resets.Refused, (facts.Moved("Icmp.InDestUnreachs") ?? 0) + (facts.Moved("Icmp6.InDestUnreachs") ?? 0));
        bool isIcmp = unreachable * 2 > resets.Refused;
        bool isHere = !isIcmp && resets.RefusedHere * 2 > resets.Refused;
        string who = isIcmp ? "by ICMP errors of a firewall or router" : isHere ? "by this machine itself: nobody listens where they go" : "by the peers: nobody listens where they go, or a firewall rejects them";
        return new Finding
        {
            Condition = Info,
            Severity = share > ManyShare ? Severity.Warning : Severity.Notice,
            Reason = $"{share:P0} of {opens:N0} connects; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}",
            Summary = $"{Words.Of(resets.Refused, "connect")} refused in {facts.Seconds:0.0} s, {who}",
            Evidence = Evidence(facts, resets, isHere),
            Remedies =
            [
                .. Cure,
                isIcmp
                    ? new(RemedyKind.Network, "find the rule that rejects: the ICMP error comes from its machine (tcpdump 'icmp or icmp6')", "none")
                    : AnswersWithReset,
            ],
            Avoid = [new("raising net.ipv4.tcp_syn_retries or a connect timeout", "a refusal is an answer, and comes at once; only silence is retried")],
            Confidence = Confidence.Likely,
            ConfirmBy = "the errno and the address in the client's log; or tcpdump 'tcp[tcpflags] & tcp-rst != 0 or icmp or icmp6'",
        };
    }

    private static List<Fact> Evidence(CaseFile facts, ResetCounts resets, bool isHere)
    {
        List<Fact> evidence =
        [
            facts.CounterFact("Tcp.AttemptFails"),
            facts.CounterFact("Tcp.ActiveOpens"),
            new($"{resets.TimedOut:N0} timed out and {facts.Moved("TcpExt.EmbryonicRsts") ?? 0:N0} were requests of clients: these are taken off", "TcpExt.TCPAbortOnTimeout, TcpExt.EmbryonicRsts"),
        ];
        if (facts.Moved("Icmp.InDestUnreachs") > 0)
        {
            evidence.Add(facts.CounterFact("Icmp.InDestUnreachs"));
        }

        if (isHere)
        {
            evidence.Add(facts.CounterFact("Tcp.OutRsts"));
            if (OnLoopbackOnly(facts) is { Length: > 0 } listeners)
            {
                evidence.Add(new($"listening on loopback alone, and refused at any other address: {listeners}", "sock_diag, LISTEN"));
            }
        }

        return evidence;
    }

    private static string OnLoopbackOnly(CaseFile facts)
        => string.Join(", ", facts.Listeners.Where(static listener => listener.Local.Address.IsLoopback).Take(5)
            .Select(static listener => $"{listener.Local} ({CaseFile.NameOf(listener.Socket.Process)})"));
}
