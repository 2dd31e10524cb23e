using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// What holds a busy connection back: the peer's window, our send buffer, the network, or the program itself. Linux keeps the account
/// of the first two (net/ipv4/tcp.c, tcp_get_info_chrono_stats); in a small send buffer its own count is too low, so that what is in
/// the buffer is looked at too.
/// </summary>
internal sealed class ThroughputLimiter : Condition
{
    private const double WindowShare = 0.5;
    private const double BufferShare = 0.2;

    /// <summary>Of the wall time, from which a transfer is without pause.</summary>
    private const double WithoutPause = 0.8;
    private const double LossShare = 0.005;
    private const ulong BusyOctets = 1_000_000;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    public override ConditionInfo Info { get; } = new(
        "throughput-limiter",
        "What holds busy connections back",
        "transfers are slower than the path allows")
    {
        ExplainedBy = ["retransmission-rate"],
    };

    private enum Limit : byte
    {
        None,
        ReceiveWindow,
        SendBuffer,
        Network,
        Program,
    }

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (!facts.HasTwoSamples)
        {
            return;
        }

        Dictionary<(int Pid, Limit Limit), HeldBack> groups = [];
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            ref readonly TcpVitals vitals = ref socket.VitalsInPlace;
            if (socket.Entry.State is not (TcpState.Established or TcpState.CloseWait) || !(vitals.BytesAcked > BusyOctets)
                || facts.IsHere(socket.Entry.Remote.Address)
                || !FlowProgress.TryMeasure(facts, in socket, out FlowProgress progress) || progress.AckedBytes < BusyOctets)
            {
                continue;
            }

            Limit limit = LimitOf(facts, in socket, in vitals, in progress);
            if (limit != Limit.None)
            {
                HeldBack group = CollectionsMarshal.GetValueRefOrAddDefault(groups, (socket.Process?.Pid ?? 0, limit), out _) ??= new HeldBack(limit, socket.Process);
                group.Add(in socket, in vitals, in progress);
            }
        }

        foreach (HeldBack group in groups.Values.OrderBy(static group => group.Limit == Limit.Program).ThenByDescending(static group => group.Acked))
        {
            verdict.Add(Find(facts, group));
        }
    }

    private static Limit LimitOf(CaseFile facts, in SocketRecord socket, in TcpVitals vitals, in FlowProgress progress)
    {
        double busy = Math.Max(progress.BusyMicroseconds, 1);
        return progress.ReceiveWindowLimitedMicroseconds / busy > WindowShare ? Limit.ReceiveWindow
            : progress.SendBufferLimitedMicroseconds / busy > BufferShare
                || (busy > facts.Seconds * 1e6 * WithoutPause && IsBufferBelowWindows(in socket, in vitals))
                || (IsBufferUnderWay(in socket) && facts.TryEarlier(in socket, out SocketRecord earlier) && IsBufferUnderWay(in earlier)) ? Limit.SendBuffer
            : vitals.IsDeliveryRateAppLimited && busy < facts.Seconds * 1e6 / 2 ? Limit.Program
            : vitals.UnackedSegments >= vitals.CongestionWindowSegments * 0.9 ? Limit.Network
            : Limit.None;
    }

    /// <summary>
    /// It cannot hold what both windows would allow to be under way. Linux keeps buffers of its own choice above that
    /// (tcp_input.c, tcp_sndbuf_expand), so the program has fixed this one, or tcp_wmem ends there.
    /// </summary>
    private static bool IsBufferBelowWindows(in SocketRecord socket, in TcpVitals vitals)
        => socket.Memory is { } memory
            && memory.SendBuffer < (ulong)vitals.CongestionWindowSegments * vitals.SendMssBytes
            && memory.SendBuffer < vitals.SendWindowBytes;

    /// <summary>The buffer is full and all of it is under way, while the congestion window would allow more.</summary>
    private static bool IsBufferUnderWay(in SocketRecord socket)
        => socket is { Memory: { } memory, Vitals: { NotSentBytes: { } notSent } vitals }
            && memory.SendQueued >= memory.SendBuffer * 0.9
            && notSent < socket.Entry.SendQueue * 0.1
            && vitals.UnackedSegments < vitals.CongestionWindowSegments;

    private Finding Find(CaseFile facts, HeldBack group)
    {
        string name = CaseFile.NameOf(group.Process);
        double lossShare = group.Sent > 0 ? (double)group.Retransmitted / group.Sent : 0;
        bool isLong = facts.Seconds >= facts.Patience(Long).TotalSeconds;
        bool isNotice = isLong && (group.Limit is Limit.ReceiveWindow or Limit.SendBuffer || (group.Limit == Limit.Network && lossShare > LossShare));
        (string subject, string what) = group.Limit switch
        {
            Limit.ReceiveWindow => ("receive-window", "by the receive windows of the peers"),
            Limit.SendBuffer => ("send-buffer", "by its own send buffers"),
            Limit.Network => ("network", "by the network and its congestion windows"),
            Limit.Program or Limit.None => ("program", "by nothing in TCP: the program has no more to send"),
        };
        return new Finding
        {
            Condition = Info,
            Subject = $"{name}:{subject}",
            Severity = isNotice ? Severity.Notice : Severity.Info,
            Reason = !isLong ? $"watched for {facts.Seconds:0.0} s only; a notice from {Words.Age(facts.Patience(Long))}" : group.Limit switch
            {
                Limit.ReceiveWindow => $"the peer's window was the limit for {group.WindowShare:P0} of the busy time; a notice above {WindowShare:P0}",
                Limit.SendBuffer => "the send buffer holds less than both windows allow, or was full with everything in it under way in both samples, or was the limit for more than a fifth of the busy time",
                Limit.Network when isNotice => $"{lossShare:P1} of the octets were sent again; a notice above {LossShare:P1}",
                Limit.Network => "that is how a transfer without other limits looks",
                Limit.Program or Limit.None => "there is nothing to change in TCP",
            },
            Summary = $"{Words.Of(group.Count, "busy connection")} of {name} {(group.Count == 1 ? "is" : "are")} held back {what}",
            Evidence =
            [
                new($"{Words.Octets(group.Acked)} acknowledged in {facts.Seconds:0.0} s ({Words.Octets(group.Acked / facts.Seconds)}/s); busy {group.BusyShare(facts.Seconds):P0} of the time", "tcp_info bytes_acked, busy_time") { Value = group.Acked, PerSecond = group.Acked / facts.Seconds },
                new($"of the busy time, {group.WindowShare:P0} waited for the peer's window and {group.BufferShare:P0} for the send buffer", "tcp_info rwnd_limited, sndbuf_limited") { Value = group.WindowShare },
                new($"the slowest: peer's window {Words.Octets(group.Example.SendWindowBytes ?? 0)}, congestion window {Words.Octets((double)group.Example.CongestionWindowSegments * group.Example.SendMssBytes)}, round trip {group.Example.MinRttMicroseconds / 1000.0:0.#} ms, at most {Words.Octets(group.Ceiling)}/s so", "tcp_info snd_wnd, cwnd, min_rtt") { Value = group.Ceiling },
                .. group.Limit == Limit.SendBuffer
                    ? [new Fact($"send buffer of {Words.Octets(group.LargestBuffer)} at most", "sock_diag skmem") { Value = group.LargestBuffer }]
                    : Array.Empty<Fact>(),
                new($"{lossShare:P1} of the octets were sent again", "tcp_info bytes_retrans, bytes_sent") { Value = lossShare },
            ],
            Culprits =
            [
                .. group.Process is { } process ? [facts.CulpritOf(process, Words.Of(group.Count, "connection"))] : Array.Empty<Culprit>(),
                .. group.Remotes.Culprits(),
            ],
            Remedies = Remedies(facts, group),
            Avoid =
            [
                new("raising the first or second number of tcp_rmem and tcp_wmem", "they are the least and the initial size: every connection pays, and autotuning needs only the third"),
                new("net.ipv4.tcp_window_scaling = 0, tcp_moderate_rcvbuf = 0 or tcp_adv_win_scale", "they switch off what makes windows grow; the last has no effect since Linux 6.6"),
            ],
        };
    }

    private static IReadOnlyList<Remedy> Remedies(CaseFile facts, HeldBack group) => group.Limit switch
    {
        Limit.ReceiveWindow =>
        [
            new(RemedyKind.Application, "at the peers: do not set SO_RCVBUF, which switches autotuning off, and read faster", "none"),
            new(RemedyKind.Network, "at the peers: let the third number of net.ipv4.tcp_rmem be twice the bandwidth-delay product", "more memory where many transfers run at once"),
        ],
        Limit.SendBuffer =>
        [
            new(RemedyKind.Application, "do not set SO_SNDBUF, which switches autotuning off", "none"),
            .. SendBufferSetting(facts, group),
        ],
        Limit.Network =>
        [
            new(RemedyKind.Network, "find where segments are lost, or take a congestion control that minds loss less (BBR)", "BBR takes more of a shared link than its neighbours may like"),
        ],
        Limit.Program or Limit.None => [new(RemedyKind.Application, "look at what feeds the connection: disk, database, computation", "none")],
    };

    /// <summary>Only where autotuning has reached the limit.</summary>
    private static IEnumerable<Remedy> SendBufferSetting(CaseFile facts, HeldBack group)
    {
        const string Key = "net.ipv4.tcp_wmem";
        return facts.Settings.Number(Key, 0) is { } least && facts.Settings.Number(Key, 1) is { } initial && facts.Settings.Number(Key, 2) is { } most && group.LargestBuffer >= most
            ? SettingRemedy.Of(facts, Key, $"{least} {initial} {2 * most}", "let send buffers grow to twice the size", "more memory where many transfers run at once")
            : [];
    }

    /// <summary>The connections of one process with one limit.</summary>
    private sealed class HeldBack(Limit limit, ProcessRef? process)
    {
        private ulong _busy, _window, _buffer;

        public Limit Limit => limit;

        public ProcessRef? Process => process;

        public int Count { get; private set; }

        public ulong Acked { get; private set; }

        public ulong Sent { get; private set; }

        public ulong Retransmitted { get; private set; }

        public uint LargestBuffer { get; private set; }

        /// <summary>The connection with the lowest <see cref="Ceiling"/>.</summary>
        public TcpVitals Example { get; private set; }

        /// <summary>What one window a round trip amounts to, in octets by the second.</summary>
        public double Ceiling { get; private set; } = double.MaxValue;

        public Tally<HostAddress> Remotes { get; } = new();

        public double WindowShare => _window / (double)Math.Max(_busy, 1);

        public double BufferShare => _buffer / (double)Math.Max(_busy, 1);

        public double BusyShare(double seconds) => _busy / 1e6 / seconds / Count;

        public void Add(in SocketRecord socket, in TcpVitals vitals, in FlowProgress progress)
        {
            Count++;
            Acked += progress.AckedBytes;
            Sent += progress.SentBytes;
            Retransmitted += progress.RetransmittedBytes;
            _busy += progress.BusyMicroseconds;
            _window += progress.ReceiveWindowLimitedMicroseconds;
            _buffer += progress.SendBufferLimitedMicroseconds;
            LargestBuffer = Math.Max(LargestBuffer, socket.Memory?.SendBuffer ?? 0);
            Remotes.Add(socket.Entry.Remote.Address);
            double window = Math.Min(vitals.SendWindowBytes ?? uint.MaxValue, (double)vitals.CongestionWindowSegments * vitals.SendMssBytes);
            double ceiling = window / (Math.Max(vitals.MinRttMicroseconds ?? 1, 1) / 1e6);
            if (ceiling < Ceiling)
            {
                (Ceiling, Example) = (ceiling, vitals);
            }
        }
    }
}
