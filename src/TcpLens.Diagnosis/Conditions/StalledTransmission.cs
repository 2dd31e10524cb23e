using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Several connections into one network retransmit and get no answer: it is the host there or the path to it. One connection alone is
/// slow-dead-peer-detection's.
/// </summary>
internal sealed class StalledTransmission : Condition
{
    /// <summary>Fewer may be three accidents.</summary>
    public const int ConnectionsMin = 3;

    private const double ShareMax = 0.1;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } = [LivenessAdvice.Deadline, LivenessAdvice.UserTimeout];

    public override ConditionInfo Info { get; } = new(
        "stalled-transmission",
        "Nothing that is sent to some network is acknowledged",
        "users of these connections wait now")
    {
        ExplainedBy = ["local-drop", "conntrack-full"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<HostAddress, StuckNetwork> networks = [];
        foreach (Stall stall in facts.Stalls.All)
        {
            ref readonly SocketRecord socket = ref facts.Sockets[stall.Index];
            HostAddress remote = socket.Entry.Remote.Address;
            if (stall.Cause == StallCause.Unanswered && facts.Stalls.UnansweredIn(remote) >= ConnectionsMin)
            {
                HostAddress network = StallSurvey.NetworkOf(remote);
                if (!networks.TryGetValue(network, out StuckNetwork? stuck))
                {
                    networks.Add(network, stuck = new StuckNetwork(network));
                }

                stuck.Add(in socket, stall.For);
            }
        }

        if (networks.Count > 0)
        {
            CountNeighbours(facts, networks);
        }

        foreach (StuckNetwork network in networks.Values.OrderByDescending(static network => network.Count))
        {
            verdict.Add(Find(facts, network));
        }
    }

    private static void CountNeighbours(CaseFile facts, Dictionary<HostAddress, StuckNetwork> networks)
    {
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1
                && networks.TryGetValue(StallSurvey.NetworkOf(socket.Entry.Remote.Address), out StuckNetwork? network)
                && socket.Vitals is { } vitals)
            {
                network.Connections++;
                network.Answered += Math.Min(vitals.LastAckReceivedMilliseconds ?? uint.MaxValue, vitals.LastDataReceivedMilliseconds ?? uint.MaxValue) < network.Shortest.TotalMilliseconds ? 1 : 0;
            }
        }
    }

    private Finding Find(CaseFile facts, StuckNetwork network)
    {
        double share = (double)network.Count / network.Connections;
        (Severity severity, string reason) = network.Answered == 0 ? (Severity.Critical, $"no connection to {network.Name} was answered since")
            : share >= ShareMax ? (Severity.Warning, $"{share:P0} of {Words.Of(network.Connections, "connection")} to {network.Name}; a warning from {ShareMax:P0}")
            : (Severity.Notice, $"{network.Count:N0} of {Words.Of(network.Connections, "connection")} to {network.Name}; a notice from {ConnectionsMin}");
        List<Fact> evidence =
        [
            new($"{network.Count:N0} of {network.Connections:N0} connections to {network.Name} have doubled their timeout {network.LeastBackoff} to {network.MostBackoff} times without an acknowledgment, for {Words.Age(network.Shortest)} to {Words.Age(network.Longest)}", "sock_diag, tcp_info backoff, rto, unacked") { Value = network.Count },
            new($"{Words.Of(network.Answered, "connection")} to there got an answer meanwhile", "tcp_info last_ack_recv, last_data_recv") { Value = network.Answered },
            facts.CounterFact("TcpExt.TCPTimeouts"),
        ];
        if (facts.Moved("Icmp.InDestUnreachs") > 0)
        {
            evidence.Add(facts.CounterFact("Icmp.InDestUnreachs"));
        }

        return new Finding
        {
            Condition = Info,
            Subject = network.Name,
            Severity = severity,
            Reason = reason,
            Summary = $"{network.Count:N0} connections to {network.Name} get no answer to what they send, for up to {Words.Age(network.Longest)}",
            Evidence = evidence,
            Culprits =
            [
                .. network.Remotes.Culprits(),
                .. network.Processes.Largest().Select(pair => facts.CulpritOf(pair.Key, Words.Of(pair.Value, "connection"))),
            ],
            Remedies =
            [
                new(RemedyKind.Network, "follow the path: link, route, and what a firewall or NAT on it forgot when it was reloaded", "none") { Command = $"ip route get {network.Remotes.Largest().First().Key}" },
                .. Cure,
            ],
            Avoid =
            [
                new("restarting the programs here", "new connections take the same path; what they waited for is lost"),
                LivenessAdvice.KeepAliveWithDataUnderWay,
            ],
            Confidence = network.Answered == 0 ? Confidence.Sure : Confidence.Likely,
            ConfirmBy = network.Answered == 0 ? null : "others to the same network are answered: compare ports, sizes and ages of those that are not",
        };
    }

    /// <summary>Where nothing comes back from.</summary>
    private sealed class StuckNetwork(HostAddress network)
    {
        /// <summary>The address when it is one, else "10.1.2.0/24".</summary>
        public string Name => Remotes.Distinct == 1 ? Remotes.Largest().First().Key.ToString() : $"{network}{(network.IsV4Mapped ? "/24" : "/64")}";

        public int Count { get; private set; }

        public int Connections { get; set; }

        /// <summary>Of <see cref="Connections"/>, those that something came in on since the youngest stall began.</summary>
        public int Answered { get; set; }

        public int LeastBackoff { get; private set; } = int.MaxValue;

        public int MostBackoff { get; private set; }

        public TimeSpan Shortest { get; private set; } = TimeSpan.MaxValue;

        public TimeSpan Longest { get; private set; }

        public Tally<HostAddress> Remotes { get; } = new();

        public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

        public void Add(in SocketRecord socket, TimeSpan standing)
        {
            int backoff = socket.Vitals?.Backoff ?? 0;
            Count++;
            LeastBackoff = Math.Min(LeastBackoff, backoff);
            MostBackoff = Math.Max(MostBackoff, backoff);
            Shortest = standing < Shortest ? standing : Shortest;
            Longest = standing > Longest ? standing : Longest;
            Remotes.Add(socket.Entry.Remote.Address);
            if (socket.Process is { } process)
            {
                Processes.Add(process);
            }
        }
    }
}
