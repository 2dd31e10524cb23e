using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Segments are dropped because their timestamp is older than the last one seen (RFC 7323 §5). A few come with reordering; many mean
/// that hosts with different clocks share an address, or that something on the way rewrites timestamps.
/// </summary>
internal sealed class PawsDrops : Condition
{
    private const int FewMax = 20;
    private const int FewHandshakesMax = 4;
    private const double SomeShare = 0.001;

    public override ConditionInfo Info { get; } = new(
        "paws-drops",
        "Segments with old timestamps are dropped",
        "some clients connect late or not at all; transfers stall");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long inConnections = facts.Moved("TcpExt.PAWSEstab") ?? 0;
        long inTimeWait = facts.Moved("TcpExt.PAWSTimewait") ?? 0;
        long inSynSent = facts.Moved("TcpExt.PAWSActive") ?? 0;
        long segments = facts.Moved("Tcp.InSegs") ?? 0;
        bool hitsHandshakes = inTimeWait + inSynSent > FewHandshakesMax;
        if (hitsHandshakes || (inConnections > FewMax && inConnections > SomeShare * segments))
        {
            verdict.Add(Find(facts, inConnections, inTimeWait, inSynSent, segments));
        }
    }

    private Finding Find(CaseFile facts, long inConnections, long inTimeWait, long inSynSent, long segments)
    {
        bool hitsHandshakes = inTimeWait + inSynSent > FewHandshakesMax;
        List<Fact> evidence = [facts.CounterFact("TcpExt.PAWSEstab"), facts.CounterFact("Tcp.InSegs")];
        foreach (string counter in (ReadOnlySpan<string>)["TcpExt.PAWSTimewait", "TcpExt.PAWSActive", "TcpExt.PAWSOldAck", "TcpExt.TSEcrRejected", "TcpExt.TCPACKSkippedPAWS"])
        {
            if (facts.Moved(counter) > 0)
            {
                evidence.Add(facts.CounterFact(counter));
            }
        }

        return new Finding
        {
            Condition = Info,
            Severity = hitsHandshakes ? Severity.Warning : Severity.Notice,
            Reason = hitsHandshakes
                ? $"{inTimeWait + inSynSent:N0} handshakes were hit while watched; a warning from {FewHandshakesMax + 1}"
                : $"{(double)inConnections / Math.Max(1, segments):P1} of {segments:N0} segments received; a notice from {SomeShare:P1}",
            Summary = hitsHandshakes
                ? $"{Words.Of(inTimeWait + inSynSent, "handshake segment")} refused for old timestamps in {facts.Seconds:0.0} s"
                : $"{Words.Of(inConnections, "segment")} of open connections dropped for old timestamps in {facts.Seconds:0.0} s",
            Evidence = evidence,
            Culprits = inTimeWait > 0 ? WithTimeWait(facts) : [],
            Remedies =
            [
                new(RemedyKind.Application, "let clients close first, so that TIME_WAIT is at their side and meets no other host's clock", "clients hold TIME_WAIT sockets"),
                new(RemedyKind.Network, "look for a NAT box that puts many hosts behind one address without ports to spare, and give it more addresses", "none"),
                new(RemedyKind.Network, "look for a load balancer, proxy or virtual machine migration that rewrites or resets timestamps, and for packets that are duplicated late", "none"),
            ],
            Avoid =
            [
                new("net.ipv4.tcp_timestamps = 0", "it hides the symptom and takes away RTT samples, protection against old segments and the safe reuse of TIME_WAIT"),
                CommonMyths.TwRecycle,
            ],
            Confidence = Confidence.Likely,
            ConfirmBy = "the timestamps of one affected client: tcpdump -v shows TS val going backwards",
        };
    }

    /// <summary>Remotes that listeners here hold TIME_WAIT sockets for: a handshake from such an address meets them.</summary>
    private static List<Culprit> WithTimeWait(CaseFile facts)
    {
        Tally<HostAddress> remotes = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State == TcpState.TimeWait)
            {
                SocketEntry entry = socket.Entry;
                if (facts.ListenerOf(in entry) is not null)
                {
                    remotes.Add(entry.Remote.Address);
                }
            }
        }

        return [.. remotes.Largest(5).Select(static pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} TIME_WAIT sockets at listeners here"))];
    }
}
