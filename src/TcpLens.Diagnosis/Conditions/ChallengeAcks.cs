namespace TcpLens.Diagnosis;

/// <summary>
/// Segments arrive that nearly fit a connection, and Linux asks their sender to prove itself (RFC 5961). A SYN on an open connection is a
/// client that forgot it; a RST or ACK that is only near is a broken middlebox or a blind injection.
/// </summary>
internal sealed class ChallengeAcks : Condition
{
    private const int FewMax = 20;
    private const double SomePerSecond = 10;
    private const double ManyPerSecond = 100;

    /// <summary>What helps against resets and acknowledgments that do not fit, whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "find the box on the way that lost or rewrites sequence numbers (firewall, NAT, load balancer that failed over)", "none"),
        new(RemedyKind.Network, "if sources are forged, filter at the border (BCP 38); connections that matter run over TLS, and BGP over TCP-AO", "none"),
    ];

    public override ConditionInfo Info { get; } = new(
        "challenge-acks",
        "Segments arrive that do not fit their connections",
        "clients reconnect slowly; or somebody tries to inject segments");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long sent = facts.Moved("TcpExt.TCPChallengeACK") ?? 0;
        long skipped = facts.Moved("TcpExt.TCPACKSkippedChallenge") ?? 0;
        if (sent + skipped > FewMax && sent + skipped > SomePerSecond * facts.Seconds)
        {
            verdict.Add(Find(facts, sent + skipped));
        }
    }

    private Finding Find(CaseFile facts, long challenged)
    {
        long syns = facts.Moved("TcpExt.TCPSYNChallenge") ?? 0;
        long resets = ResetCounts.Of(facts)?.Received ?? 0;
        double rate = challenged / facts.Seconds;
        bool areSyns = syns * 2 > challenged;
        bool cutsConnections = resets * 10 > challenged;
        return new Finding
        {
            Condition = Info,
            Severity = rate > ManyPerSecond || cutsConnections ? Severity.Warning : Severity.Notice,
            Reason = cutsConnections
                ? $"connections end by it: {resets:N0} were reset by peers meanwhile"
                : $"{rate:#,0} a second; a notice from {SomePerSecond:0}, a warning from {ManyPerSecond:0}",
            Summary = $"{rate:#,0} segments a second do not fit their connections: {Kind(areSyns, cutsConnections)}",
            Evidence =
            [
                facts.CounterFact("TcpExt.TCPChallengeACK"),
                facts.CounterFact("TcpExt.TCPACKSkippedChallenge"),
                facts.CounterFact("TcpExt.TCPSYNChallenge"),
                new($"{resets:N0} established connections were reset by peers", "Tcp.EstabResets without the abort counters") { Value = resets },
                facts.SettingFact("net.ipv4.tcp_invalid_ratelimit"),
            ],
            Culprits = cutsConnections
                ? [.. VanishedConnections.Between(facts).Remotes.Largest(5).Select(static pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} connections vanished"))]
                : [],
            Remedies = Remedies(areSyns, cutsConnections),
            Avoid =
            [
                new("setting net.ipv4.tcp_challenge_ack_limit", "a limit shared by all connections lets a stranger find out which connections there are (CVE-2016-5696); each socket has a limit of its own"),
                new("switching tcp_timestamps off", "it takes PAWS away and makes blind injection easier"),
            ],
            Confidence = Confidence.Likely,
            ConfirmBy = "the segments themselves: tcpdump 'tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'",
        };
    }

    private static string Kind(bool areSyns, bool cutsConnections) => (areSyns, cutsConnections) switch
    {
        (true, true) => "clients that restarted, or reuse ports, open connections that are still open here",
        (true, false) => "SYNs on open connections, as when a server repeats a SYN-ACK whose last ACK it dropped",
        _ => "resets or acknowledgments that are only near, by a broken middlebox or a blind attacker",
    };

    private static IReadOnlyList<Remedy> Remedies(bool areSyns, bool cutsConnections) => areSyns
        ? cutsConnections
            ?
            [
                new(RemedyKind.Application, "notice dead clients sooner: heartbeats, or keep-alive with a time of minutes (see: tcplens keepalive)", "a segment each way now and then"),
                new(RemedyKind.Network, "let clients, NAT boxes and proxies use more ports before they use one again", "none"),
            ]
            :
            [
                new(RemedyKind.Network, "if this machine is the client, look at the server's accept queue: it drops the last ACK of handshakes", "none"),
            ]
        :
        Cure;
}
