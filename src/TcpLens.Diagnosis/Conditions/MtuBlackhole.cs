using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Large packets vanish on the way and nobody says so: the ICMP message that would lower the path MTU is filtered (RFC 2923 §2.1,
/// RFC 4821). Handshakes and small requests work; the first large answer hangs.
/// </summary>
internal sealed class MtuBlackhole : Condition
{
    private const int BackoffMin = 3;
    private const int ManyMin = 3;
    private const uint FallenByMin = 100;
    private const string Probing = "net.ipv4.tcp_mtu_probing";

    public override ConditionInfo Info { get; } = new(
        "mtu-blackhole",
        "Large packets vanish on the way",
        "small requests work and large answers hang");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<HostAddress, Hole> holes = [];
        foreach (Stall stall in facts.Stalls.All)
        {
            ref readonly SocketRecord socket = ref facts.Sockets[stall.Index];
            if (stall.Cause == StallCause.BigPacketsVanish && socket.Vitals is { Backoff: >= BackoffMin } vitals)
            {
                At(holes, in socket, in vitals).AddStuck(in socket, stall.For);
            }
        }

        if (facts.Settings.Number(Probing) > 0)
        {
            AddFallen(facts, holes);
        }

        foreach (Hole hole in holes.Values.OrderByDescending(static hole => hole.Stuck))
        {
            verdict.Add(Find(facts, hole));
        }
    }

    /// <summary>After several timeouts in vain Linux goes back to tcp_base_mss, and neither the path MTU nor a counter tells of it.</summary>
    private static void AddFallen(CaseFile facts, Dictionary<HostAddress, Hole> holes)
    {
        uint fallback = (uint)(facts.Settings.Number("net.ipv4.tcp_base_mss") ?? 1024);
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State is TcpState.Established or TcpState.CloseWait
                && socket.Vitals is { TotalRetransmittedSegments: > 0, Backoff: < StallCauses.StuckBackoff } vitals
                && vitals.SendMssBytes <= fallback && vitals.PathMtuBytes >= vitals.SendMssBytes + FallenByMin
                && !facts.IsHere(socket.Entry.Remote.Address))
            {
                At(holes, in socket, in vitals).Fallen++;
            }
        }
    }

    private static Hole At(Dictionary<HostAddress, Hole> holes, in SocketRecord socket, in TcpVitals vitals)
    {
        HostAddress remote = socket.Entry.Remote.Address;
        return holes.TryGetValue(remote, out Hole? hole) ? hole : holes[remote] = new Hole(remote, vitals.SendMssBytes, vitals.PathMtuBytes);
    }

    private Finding Find(CaseFile facts, Hole hole)
    {
        bool isProven = hole is { Stuck: > 0, Fallen: > 0 };
        InterfaceFacts[] tunnels = [.. facts.Seen.Interfaces.Where(static link => link.IsTunnel)];
        return new Finding
        {
            Condition = Info,
            Subject = hole.Remote.ToString(),
            Severity = hole.Stuck >= ManyMin || isProven ? Severity.Warning : Severity.Notice,
            Reason = isProven ? "connections hang, and others to there recovered with smaller segments"
                : hole.Stuck > 0 ? $"{Words.Of(hole.Stuck, "connection")} with large segments unanswered; a warning from {ManyMin}"
                : $"{Words.Of(hole.Fallen, "connection")} went back to segments of {hole.MssBytes} octets",
            Summary = hole.Stuck > 0
                ? $"{Words.Of(hole.Stuck, "connection")} to {hole.Remote} hang on segments of {hole.MssBytes} octets, while small ones pass"
                : $"{Words.Of(hole.Fallen, "connection")} to {hole.Remote} went back to small segments after a hang",
            Evidence =
            [
                .. hole.Stuck > 0
                    ? [new Fact($"{Words.Of(hole.Stuck, "connection")}: nothing large was ever acknowledged, large segments get no answer for up to {Words.Age(hole.Longest)}, and {hole.Remote} answered others meanwhile", "tcp_info bytes_acked, unacked, backoff, last_ack_recv") { Value = hole.Stuck }]
                    : Array.Empty<Fact>(),
                .. hole.Fallen > 0
                    ? [new Fact($"{Words.Of(hole.Fallen, "connection")} with segments of at most {facts.Settings["net.ipv4.tcp_base_mss"] ?? "1024"} octets where the path MTU says {hole.PathMtuBytes}", "tcp_info snd_mss, pmtu") { Value = hole.Fallen }]
                    : Array.Empty<Fact>(),
                new($"segments of {hole.MssBytes} octets, path MTU {hole.PathMtuBytes}: nobody has told of a smaller one", "tcp_info snd_mss, pmtu") { Value = hole.PathMtuBytes },
                .. tunnels.Select(static link => new Fact($"tunnel {link.Name} has an MTU of {link.MtuBytes}", "interfaces") { Value = link.MtuBytes }),
                facts.SettingFact(Probing),
            ],
            Culprits =
            [
                new Culprit(CulpritKind.Remote, hole.Remote.ToString(), Words.Of(hole.Stuck + hole.Fallen, "connection")),
                .. hole.Processes.Take(Culprit.Few).Select(process => facts.CulpritOf(process)),
                .. tunnels.Select(static link => new Culprit(CulpritKind.Interface, link.Name, $"MTU {link.MtuBytes}")),
            ],
            Remedies =
            [
                new(RemedyKind.Network, "let ICMP \"fragmentation needed\" (type 3 code 4) and ICMPv6 \"packet too big\" (type 2) through every firewall on the way", "none"),
                new(RemedyKind.Network, "give tunnels, VPNs and PPPoE the MTU they really have, on both ends", "none"),
                new(RemedyKind.Network, "on the router before the narrow place: clamp the MSS of handshakes", "none for TCP; other protocols still break") { Command = "nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu" },
                .. SettingRemedy.Of(facts, Probing, "1", "let connections try smaller segments after a hang", "they hang for three seconds before they do"),
            ],
            Avoid =
            [
                new("net.ipv4.ip_no_pmtu_disc = 1", "packets may then be cut up on the way, which many paths drop too"),
                new("an MTU of 1400 on every interface", "it slows everything and hides the place; the next tunnel needs 1380"),
                new($"{Probing} = 2", "every connection starts with small segments"),
            ],
            Confidence = isProven ? Confidence.Sure : hole.Stuck > 0 ? Confidence.Likely : Confidence.Maybe,
            ConfirmBy = isProven ? null : $"tracepath -n {hole.Remote}; ping -M do -s {hole.PathMtuBytes - 28} {hole.Remote} gets no answer and a smaller one does",
        };
    }

    /// <summary>A host that large packets do not reach.</summary>
    private sealed class Hole(HostAddress remote, uint mssBytes, uint pathMtuBytes)
    {
        public HostAddress Remote => remote;

        public uint MssBytes => mssBytes;

        public uint PathMtuBytes => pathMtuBytes;

        public int Stuck { get; private set; }

        /// <summary>Connections that run again with smaller segments.</summary>
        public int Fallen { get; set; }

        public TimeSpan Longest { get; private set; }

        public HashSet<ProcessRef> Processes { get; } = new(ByPid.Comparer);

        public void AddStuck(in SocketRecord socket, TimeSpan standing)
        {
            Stuck++;
            Longest = standing > Longest ? standing : Longest;
            if (socket.Process is { } process)
            {
                Processes.Add(process);
            }
        }
    }
}
