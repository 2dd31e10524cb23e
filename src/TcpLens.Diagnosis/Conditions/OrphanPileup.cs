using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Sockets that no process holds and that cannot finish closing: their peers are gone, or alive and not reading. They keep
/// unswappable memory for minutes (net/ipv4/tcp_timer.c, tcp_orphan_retries, tcp_probe_timer), and from a quarter of
/// tcp_max_orphans on the kernel begins to reset some of them (tcp_out_of_resources).
/// </summary>
internal sealed class OrphanPileup : Condition
{
    private const int ManyMin = 1000;
    private const int StuckRepeats = 2;
    private const double Few = 0.05;
    private const double Quarter = 0.25;
    private const string Limit = "net.ipv4.tcp_max_orphans";
    private const string Retries = "net.ipv4.tcp_orphan_retries";

    public override ConditionInfo Info { get; } = new(
        "orphan-pileup",
        "Closed connections cannot finish",
        "memory that cannot be swapped is held for minutes; later the kernel resets connections that are closing")
    {
        ExplainedBy = ["local-drop", "conntrack-full"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Orphans orphans = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            // FIN_WAIT_2 waits for the peer's program, not for the network: fin-wait2-pileup.
            if (socket.Entry.Inode == 0 && socket.Entry.IsOrphan && socket.Entry.State != TcpState.FinWait2)
            {
                orphans.Add(in socket);
            }
        }

        if (Judge(facts, orphans) is { } judged)
        {
            verdict.Add(Find(facts, orphans, judged.Severity, judged.Reason));
        }
    }

    private static (Severity Severity, string Reason)? Judge(CaseFile facts, Orphans orphans)
    {
        long limit = facts.Settings.Number(Limit) ?? long.MaxValue;
        double memory = facts.Settings.Number("net.ipv4.tcp_mem", 2) is > 0 and var pages ? orphans.Octets / ((double)pages * facts.Settings.PageSizeBytes) : 0;
        return orphans.Stuck switch
        {
            0 => null,
            _ when memory > Few => (Severity.Warning, $"their unsent data is {memory:P0} of all memory for TCP (tcp_mem); a warning above 5 %"),
            var stuck when stuck > limit * Quarter => (Severity.Warning, $"{(double)stuck / limit:P0} of {limit:N0} ({Limit}), from which on the kernel resets some; a warning above 25 %"),
            > ManyMin => (Severity.Notice, $"{orphans.Stuck:N0} sockets; a notice above {ManyMin:N0}"),
            var stuck when stuck > limit * Few => (Severity.Notice, $"{(double)stuck / limit:P0} of {limit:N0} ({Limit}); a notice above 5 %"),
            _ => null,
        };
    }

    private Finding Find(CaseFile facts, Orphans orphans, Severity severity, string reason)
    {
        bool isAlive = orphans.Probing > orphans.Stuck - orphans.Probing;
        long retries = facts.Settings.Number(Retries) ?? 0;
        return new Finding
        {
            Condition = Info,
            Severity = severity,
            Reason = reason,
            Summary = $"{orphans.Stuck:N0} closed connections cannot finish: {(isAlive ? "their peers are alive and do not read" : "their peers do not answer")}",
            Evidence =
            [
                new($"{orphans.Stuck:N0} without an owner repeat their last data or FIN, of {orphans.All:N0} without an owner", "sock_diag, timers") { Value = orphans.Stuck },
                new($"{orphans.Probing:N0} probe a closed window (peer alive, about 6 min each), {orphans.Stuck - orphans.Probing:N0} get no answer (about {Words.Age(TimerRules.Orphan(key => facts.Settings[key]).Duration ?? TimeSpan.FromSeconds(102))} each)", $"sock_diag, idiag_timer, {Retries}") { Value = orphans.Probing },
                new($"{orphans.FinWait1:N0} FIN_WAIT_1, {orphans.LastAck:N0} LAST_ACK, {orphans.Stuck - orphans.FinWait1 - orphans.LastAck:N0} CLOSING", "sock_diag"),
                new($"{Words.Octets(orphans.Octets)} of unsent or unacknowledged data", "sock_diag, skmem") { Value = orphans.Octets },
                new($"{facts.Seen.Now.Stat?.Orphans ?? orphans.All:N0} orphans on the whole host; {Limit} = {facts.Settings[Limit] ?? "not here"}", $"sockstat TCP.orphan, {Limit}"),
            ],
            Culprits =
            [
                .. orphans.Remotes.Culprits(CulpritKind.Remote, static address => address.ToString()),
                .. orphans.Services.Culprits(CulpritKind.Listener, static local => local.ToString()),
            ],
            Remedies =
            [
                new(RemedyKind.Application, "send the rest and read to the end before close(), with a time limit; drop slow clients before they have much waiting", "clients that are cut off at the limit"),
                new(RemedyKind.Network, "see whether a firewall or a full connection table forgets connections that are closing", "none"),
                .. isAlive ? [new Remedy(RemedyKind.Application, "SO_LINGER with a time limit for clients that do not read", "unsent data is lost at the limit")] : Array.Empty<Remedy>(),
                .. retries == 0 ? SettingRemedy.Of(facts, Retries, "3", "give up after 3 repeats, about 3 s: for web servers under attack only", "after 3 s of silence the end of an answer is lost") : [],
            ],
            Avoid = [new("\"FIN_WAIT_1 comes from the restart of a server\"", "a restart ends every connection; it is peers that vanished or do not read"), new($"lowering {Limit}", "the kernel then resets connections that are closing, and their last data is lost")],
        };
    }

    /// <summary>Sockets without an owner that are closing; stuck are those that repeat, not those on their way.</summary>
    private sealed class Orphans
    {
        public int All { get; private set; }

        public int Stuck { get; private set; }

        public int Probing { get; private set; }

        public int FinWait1 { get; private set; }

        public int LastAck { get; private set; }

        public long Octets { get; private set; }

        public Tally<HostAddress> Remotes { get; } = new();

        public Tally<Endpoint> Services { get; } = new();

        public void Add(in SocketRecord socket)
        {
            All++;
            bool isProbing = socket.Entry.Timer == SocketTimer.ZeroWindowProbe;
            if (!isProbing && (socket.Entry.Timer != SocketTimer.Retransmit || socket.Entry.TimerRetransmits < StuckRepeats))
            {
                return;
            }

            Stuck++;
            Probing += isProbing ? 1 : 0;
            FinWait1 += socket.Entry.State == TcpState.FinWait1 ? 1 : 0;
            LastAck += socket.Entry.State == TcpState.LastAck ? 1 : 0;
            Octets += socket.Memory?.SendQueued ?? socket.Entry.SendQueue;
            Remotes.Add(socket.Entry.Remote.Address);
            Services.Add(socket.Entry.Local);
        }
    }
}
