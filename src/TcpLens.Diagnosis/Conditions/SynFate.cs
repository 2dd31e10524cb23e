using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>What becomes of SYNs to a destination, as far as this host can tell.</summary>
internal sealed record SynFate(string Text, string Remedy, Confidence Confidence, string? ConfirmBy)
{
    /// <summary>What helps where nothing more is known.</summary>
    internal static readonly Remedy Cure = new(RemedyKind.Network, "see whether the address is right and the host is up, then look at firewalls and security groups on the way", "none");

    private const int EnoughRepeats = 3;
    private const double Most = 0.5;

    /// <summary>The destination's listener, where it is on this host.</summary>
    public ListenerCase? Listener { get; private init; }

    public IReadOnlyList<Fact> Evidence { get; private init; } = [];

    public static SynFate Of(CaseFile facts, Endpoint destination)
    {
        if (facts.IsHere(destination.Address) && AtHome(facts, destination) is { } listener && listener.Length > listener.Limit)
        {
            return new("the accept queue of the listener on this host is full", "make the listener accept: tcplens explain accept-queue-overflow", Confidence.Sure, null)
            {
                Listener = listener,
                Evidence = [new($"accept queue of {listener.Local}: {listener.Length} of {listener.Limit}", "sock_diag") { Value = listener.Length }],
            };
        }

        long repeats = facts.Moved("TcpExt.TCPSynRetrans") ?? 0;
        if (repeats >= EnoughRepeats && facts.Moved("TcpExt.TCPRetransFail") > repeats * Most)
        {
            return new("this host drops its own SYNs (firewall or queue of the device)", "look at the rules for output and at the device: nft list ruleset, tc -s qdisc", Confidence.Likely, "TCPRetransFail moves with every SYN that is repeated")
            {
                Evidence = [facts.CounterFact("TcpExt.TCPRetransFail")],
            };
        }

        if (repeats == 0 && facts.Moved("TcpExt.TCPSpuriousRtxHostQueues") >= EnoughRepeats)
        {
            return new("SYNs still wait in this host: the next hop does not answer ARP or neighbour discovery", "see whether the next hop is up: ip neighbour", Confidence.Likely, "ip neighbour shows FAILED or INCOMPLETE for the next hop")
            {
                Evidence = [facts.CounterFact("TcpExt.TCPSpuriousRtxHostQueues")],
            };
        }

        return new("SYNs are dropped on the way, the host is down, or its accept queue is full", Cure.Text, Confidence.Likely, "capture SYNs at the destination: if they arrive there, its accept queue is full");
    }

    private static ListenerCase? AtHome(CaseFile facts, Endpoint destination)
        => facts.Listeners.FirstOrDefault(listener => listener.Local == destination)
            ?? facts.Listeners.FirstOrDefault(listener => listener.Local.Port == destination.Port && listener.Local.Address.IsUnspecified);
}
