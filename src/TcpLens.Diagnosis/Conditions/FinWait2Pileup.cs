using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Connections that this side closed wait for a FIN that does not come. One that a process still holds (shutdown without close)
/// waits without a limit; one without an owner shrinks to an entry among the TIME_WAITs (net/ipv4/tcp.c, tcp_close) for
/// tcp_fin_timeout. When the peer is on this host, the process that does not close is named.
/// </summary>
internal sealed class FinWait2Pileup : Condition
{
    private const int HeldMin = 100;
    private const int FewBuckets = 20;
    private const double Quarter = 0.25;
    private const double ThreeQuarters = 0.75;
    private const string Limit = "net.ipv4.tcp_max_tw_buckets";
    private const string Timeout = "net.ipv4.tcp_fin_timeout";

    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);

    public override ConditionInfo Info { get; } = new(
        "fin-wait2-pileup",
        "Peers do not close connections that this side closed",
        "descriptors (held) or the entries for TIME_WAIT (without an owner) fill up")
    {
        ExplainedBy = ["close-wait-leak"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<int, Waiting> held = [];
        Waiting orphans = new();
        bool sawHeld = false, sawVitals = false;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State != TcpState.FinWait2)
            {
                continue;
            }

            if (socket.Process is not { } process)
            {
                if (socket.Entry.Inode == 0)
                {
                    orphans.Add(in socket);
                }

                continue;
            }

            sawHeld = true;
            sawVitals |= socket.Vitals is not null;
            if (IsForgotten(facts, in socket))
            {
                (held.TryGetValue(process.Pid, out Waiting? waiting) ? waiting : held[process.Pid] = new Waiting { Process = process }).Add(in socket);
            }
        }

        if (sawHeld && !sawVitals)
        {
            verdict.CannotCheck("the age of FIN_WAIT_2 sockets: tcp_info could not be read");
        }

        foreach (Waiting waiting in held.Values.Where(static waiting => waiting.Count >= HeldMin).OrderByDescending(static waiting => waiting.Count))
        {
            verdict.Add(Held(facts, waiting));
        }

        if (facts.Settings.Number(Limit) is > 0 and var limit && orphans.Count >= Math.Max(FewBuckets, limit * Quarter))
        {
            verdict.Add(Orphaned(facts, orphans, limit));
        }
    }

    /// <summary>A half-closed connection on which the peer still sends is in use.</summary>
    private static bool IsForgotten(CaseFile facts, in SocketRecord socket)
        => socket.Vitals is { LastAckReceivedMilliseconds: { } age } vitals
            && TimeSpan.FromMilliseconds(age) > facts.Patience(TooLong)
            && !(facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals?.BytesReceived < vitals.BytesReceived);

    private Finding Held(CaseFile facts, Waiting waiting)
    {
        string name = CaseFile.NameOf(waiting.Process);
        int before = CountBefore(facts, waiting.Process!);
        int grown = waiting.Count - before;
        bool isGrowing = facts.HasTwoSamples && before > 0 && grown >= Math.Max(2, waiting.Count / 20);
        return new Finding
        {
            Condition = Info,
            Subject = name,
            Severity = isGrowing ? Severity.Warning : Severity.Notice,
            Reason = isGrowing ? $"grew from {before:N0} to {waiting.Count:N0} while watched" : $"{waiting.Count:N0} sockets for more than {Words.Age(facts.Patience(TooLong))}; a notice from {HeldMin}",
            Summary = $"{name} holds {waiting.Count:N0} connections that it shut down and whose peers do not close, and nothing limits their wait",
            Evidence =
            [
                new($"{waiting.Count:N0} sockets of {name} in FIN_WAIT_2, held, the oldest for {Words.Age(waiting.Oldest)}", "sock_diag, tcp_info last_ack_recv") { Value = waiting.Count },
                new($"{before:N0} of them at the first sample", "sock_diag, two samples") { Value = before },
                .. Peers(facts, waiting),
            ],
            Culprits = [facts.CulpritOf(waiting.Process!, Words.Of(waiting.Count, "socket")), .. waiting.Culprits(facts)],
            Remedies =
            [
                new(RemedyKind.Application, "after shutdown() read to the end of the stream with a time limit, then close", "none"),
                new(RemedyKind.Application, "at the peer: close when reading returns 0", "none"),
            ],
            Avoid = [new($"lowering {Timeout}", "it does not reach a socket that a process still holds")],
        };
    }

    private Finding Orphaned(CaseFile facts, Waiting orphans, long limit)
    {
        double share = (double)orphans.Count / limit;
        long seconds = facts.Settings.Number(Timeout) ?? 60;
        return new Finding
        {
            Condition = Info,
            Severity = share >= ThreeQuarters ? Severity.Warning : Severity.Notice,
            Reason = $"{share:P0} of {limit:N0} ({Limit}); a notice from 25 %, a warning from 75 %",
            Summary = $"{orphans.Count:N0} closed connections wait for the FIN of peers that do not close theirs, and take {share:P0} of the entries for TIME_WAIT",
            Evidence =
            [
                new($"{orphans.Count:N0} in FIN_WAIT_2 without an owner", "sock_diag, timer timewait") { Value = orphans.Count },
                new($"{Limit} = {limit}", Limit) { Value = limit },
                new($"{Timeout} = {seconds}: {TimerRules.FinWait2Orphan(key => facts.Settings[key]).How}", Timeout) { Value = seconds },
                .. Peers(facts, orphans),
            ],
            Culprits = orphans.Culprits(facts),
            Remedies =
            [
                new(RemedyKind.Application, "at the peer: close when reading returns 0, and let idle connections expire", "none"),
                .. seconds > 20 ? SettingRemedy.Of(facts, Timeout, "20", "wait less for the peer's FIN", "a peer that answers later than that gets a reset; up to 60 the value is exact") : [],
            ],
            Avoid =
            [
                new($"{Timeout} between 61 and 119", "it means twice what exceeds 60: 61 is 2 s, 90 is 60 s (measured on Linux 6.18)"),
                CommonMyths.FewerBuckets,
            ],
        };
    }

    private static IEnumerable<Fact> Peers(CaseFile facts, Waiting waiting)
    {
        foreach ((ProcessRef process, long count) in waiting.Closers(facts).Largest(1))
        {
            yield return new Fact($"the peers are on this host: {CaseFile.NameOf(process)} has {count:N0} of the other ends in CLOSE_WAIT and does not close them", "sock_diag, both ends") { Value = count };
        }
    }

    private static int CountBefore(CaseFile facts, ProcessRef process)
    {
        int count = 0;
        foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
        {
            count += socket.Entry.State == TcpState.FinWait2 && socket.Process?.Pid == process.Pid ? 1 : 0;
        }

        return count;
    }

    /// <summary>Connections that wait for a FIN, of one process or of none.</summary>
    private sealed class Waiting
    {
        private Tally<ProcessRef>? _closers;

        public ProcessRef? Process { get; init; }

        public int Count { get; private set; }

        public TimeSpan Oldest { get; private set; }

        public Tally<HostAddress> Remotes { get; } = new();

        public void Add(in SocketRecord socket)
        {
            Count++;
            Remotes.Add(socket.Entry.Remote.Address);
            if (socket.Vitals?.LastAckReceivedMilliseconds is { } age && TimeSpan.FromMilliseconds(age) is var waited && waited > Oldest)
            {
                Oldest = waited;
            }
        }

        public IReadOnlyList<Culprit> Culprits(CaseFile facts) =>
        [
            .. Remotes.Culprits(CulpritKind.Remote, static address => address.ToString()),
            .. Closers(facts).Largest().Select(each => facts.CulpritOf(each.Key, $"has not closed {each.Value:N0} of the other ends")),
        ];

        /// <summary>Who holds the other ends, where they are on this host.</summary>
        public Tally<ProcessRef> Closers(CaseFile facts) => _closers ??= FindClosers(facts);

        private Tally<ProcessRef> FindClosers(CaseFile facts)
        {
            Tally<ProcessRef> closers = new(ByPid.Comparer);
            HashSet<(Endpoint Local, Endpoint Remote)> ends = [];
            foreach (ref readonly SocketRecord socket in facts.Sockets)
            {
                if (socket.Entry.State == TcpState.FinWait2 && socket.Process?.Pid == Process?.Pid && facts.IsHere(socket.Entry.Remote.Address))
                {
                    ends.Add((socket.Entry.Local, socket.Entry.Remote));
                }
            }

            foreach (ref readonly SocketRecord socket in facts.Sockets)
            {
                if (socket is { Entry.State: TcpState.CloseWait, Process: { } process } && ends.Contains((socket.Entry.Remote, socket.Entry.Local)))
                {
                    closers.Add(process);
                }
            }

            return closers;
        }
    }
}
