namespace TcpLens.Diagnosis;

/// <summary>
/// Connects of this machine are refused: by a RST because nobody listens, or by an ICMP error of a firewall or router. A refused
/// connect leaves no socket behind, only counters, and newer kernels do not count those ended by ICMP among AttemptFails
/// (net/ipv4/tcp_input.c, tcp_reset; tcp_ipv4.c, tcp_v4_err).
/// </summary>
internal sealed class ConnectionRefused : Condition
{
    private const int FewMax = 20;
    private const double SomeShare = 0.05;
    private const double ManyShare = 0.5;

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
            verdict.Add(FindResets(facts, resets, opens, share));
            return;
        }

        long errors = UnreachableErrors(facts);
        double errorShare = (double)errors / Math.Max(1, opens);
        if (errors > FewMax && errorShare > ManyShare && opens > FewMax)
        {
            verdict.Add(FindErrors(facts, Math.Min(errors, opens), opens, errorShare));
        }
    }

    /// <summary>Without those that answer datagrams sent to a closed port of this machine.</summary>
    private static long UnreachableErrors(CaseFile facts)
        => (facts.Moved("Icmp.InDestUnreachs") ?? 0) + (facts.Moved("Icmp6.InDestUnreachs") ?? 0) - (facts.Moved("Udp.NoPorts") ?? 0) - (facts.Moved("Udp6.NoPorts") ?? 0);

    private Finding FindResets(CaseFile facts, ResetCounts resets, long opens, double share)
    {
        bool isHere = resets.RefusedHere * 2 > resets.Refused;
        List<Fact> evidence =
        [
            facts.CounterFact("Tcp.AttemptFails"),
            facts.CounterFact("Tcp.ActiveOpens"),
            new($"{resets.TimedOut:N0} connections timed out and {facts.Moved("TcpExt.EmbryonicRsts") ?? 0:N0} requests were taken back by clients: these are not counted", "TcpExt.TCPAbortOnTimeout, TcpExt.EmbryonicRsts"),
        ];
        if (isHere)
        {
            evidence.Add(facts.CounterFact("Tcp.OutRsts"));
            if (OnLoopbackOnly(facts) is { Length: > 0 } listeners)
            {
                evidence.Add(new($"listening on loopback alone, and refused at any other address: {listeners}", "sock_diag, LISTEN"));
            }
        }

        return new Finding
        {
            Condition = Info,
            Severity = share > ManyShare ? Severity.Warning : Severity.Notice,
            Reason = $"{share:P0} of {opens:N0} connects; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}",
            Summary = $"{Words.Of(resets.Refused, "connect")} refused in {facts.Seconds:0.0} s, {(isHere ? "by this machine itself: nobody listens where they go" : "by peers: nobody listens where they go, or a firewall rejects them")}",
            Evidence = evidence,
            Remedies =
            [
                .. Remedies,
                new(RemedyKind.Network, "if the service does listen, look for a firewall that answers with a RST, and for a container port that is not published", "none"),
            ],
            Avoid = [LongerTimeouts],
            Confidence = Confidence.Likely,
            ConfirmBy = "the errno and the address in the client's log; or tcpdump 'tcp[tcpflags] & tcp-rst != 0'",
        };
    }

    /// <summary>Each connect that is answered at all receives a segment: fewer segments than connects prove silence or ICMP.</summary>
    private Finding FindErrors(CaseFile facts, long refused, long opens, double share)
    {
        long segments = facts.Moved("Tcp.InSegs") ?? long.MaxValue;
        bool isProven = segments * 2 < opens;
        return new Finding
        {
            Condition = Info,
            Severity = isProven ? Severity.Warning : Severity.Notice,
            Reason = isProven
                ? $"{opens:N0} connects, and only {segments:N0} TCP segments came in"
                : $"as many as {Math.Min(1, share):P0} of {opens:N0} connects; a notice from {ManyShare:P0}, a warning when hardly a segment comes in",
            Summary = $"{(isProven ? "" : "up to ")}{Words.Of(refused, "connect")} refused in {facts.Seconds:0.0} s by ICMP errors of a firewall or router",
            Evidence = [facts.CounterFact("Icmp.InDestUnreachs"), facts.CounterFact("Tcp.ActiveOpens"), facts.CounterFact("Tcp.InSegs"), facts.CounterFact("Udp.NoPorts")],
            Remedies =
            [
                .. Remedies,
                new(RemedyKind.Network, "find the rule that rejects: the ICMP error comes from its machine (tcpdump 'icmp or icmp6')", "none"),
            ],
            Avoid = [LongerTimeouts],
            Confidence = isProven ? Confidence.Likely : Confidence.Maybe,
            ConfirmBy = "the errno in the client's log (EHOSTUNREACH, ENETUNREACH, ECONNREFUSED, ENOPROTOOPT); or tcpdump 'icmp or icmp6', which shows the refused segment inside",
        };
    }

    private static IReadOnlyList<Remedy> Remedies { get; } =
    [
        new(RemedyKind.Application, "start the service, or let it listen on the address and family that its clients use (see: tcplens list state listening -p)", "none"),
        new(RemedyKind.Application, "wait longer after each refusal before trying again, with some randomness", "a service that is back is found a little later"),
    ];

    private static Myth LongerTimeouts { get; } = new("raising net.ipv4.tcp_syn_retries or a connect timeout", "a refusal is an answer, and comes at once; only silence is retried");

    private static string OnLoopbackOnly(CaseFile facts)
        => string.Join(", ", facts.Listeners.Where(static listener => listener.Local.Address.IsLoopback).Take(5)
            .Select(static listener => $"{listener.Local} ({CaseFile.NameOf(listener.Socket.Process)})"));
}
