using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Connections that are over, reset or timed out, whose descriptor a process keeps. The kernel has taken them out of its tables
/// (net/ipv4/tcp.c, tcp_done), so no list of sockets shows them.
/// </summary>
internal sealed class DeadFdLeak : Condition
{
    private const int ManyMin = 50;
    private const double ManyShare = 0.2;
    private const double HalfOfLimit = 0.5;

    /// <summary>Of a whole host, where processes do not tell: sockets of other namespaces are among them.</summary>
    private const int HostMin = 1000;

    public override ConditionInfo Info { get; } = new(
        "dead-fd-leak",
        "A program keeps descriptors of connections that are over",
        "descriptors grow until accept() and connect() fail with EMFILE, and no list of sockets shows why")
    {
        ExplainedBy = ["close-wait-leak"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        bool isKnown = false;
        foreach (ProcessFacts process in facts.Seen.Processes.OrderByDescending(static process => process.ClosedSockets ?? 0))
        {
            isKnown |= process.ClosedSockets is not null;
            if (process.ClosedSockets is > ManyMin and var closed && Live(facts, process.Process) is var live && closed > (closed + live) * ManyShare)
            {
                verdict.Add(Find(facts, process, closed, live));
            }
        }

        if (!isKnown && facts.Seen.Namespace.IsHost && facts.Seen.Now.Stat is { } stat && Unlisted(stat) > HostMin)
        {
            verdict.CannotCheck("which processes hold closed connections: their descriptors could not be read");
            verdict.Add(OfHost(facts, stat));
        }
    }

    private Finding Find(CaseFile facts, ProcessFacts process, long closed, int live)
    {
        string name = CaseFile.NameOf(process.Process);
        bool isCritical = process.DescriptorLimit is { } limit && closed >= limit * HalfOfLimit;
        long? grown = closed - process.ClosedSocketsBefore;
        List<Fact> evidence =
        [
            new($"{closed:N0} descriptors of TCP connections that are over, beside {live:N0} live ones", "/proc/PID/fd against sock_diag") { Value = closed },
        ];
        if (grown is { } by && facts.HasTwoSamples)
        {
            evidence.Add(new($"{by:+#,0;-#,0;+0} in {facts.Seconds:0.0} s", "/proc/PID/fd, two samples") { Value = by, PerSecond = by / facts.Seconds });
        }

        if (process is { Descriptors: { } open, DescriptorLimit: { } most })
        {
            evidence.Add(new($"{open:N0} of {most:N0} descriptors open", "/proc/PID/fd, /proc/PID/limits") { Value = open });
        }

        return new Finding
        {
            Condition = Info,
            Subject = name,
            Severity = isCritical ? Severity.Critical : Severity.Warning,
            Reason = isCritical
                ? $"{(double)closed / process.DescriptorLimit!.Value:P0} of its {process.DescriptorLimit:N0} descriptors; critical from 50 %"
                : $"{(double)closed / (closed + live):P0} of its TCP descriptors; a warning above 20 % and above {ManyMin}",
            Summary = $"{name} keeps {closed:N0} descriptors of connections that are over{(grown > 0 ? $", {grown:N0} more than {facts.Seconds:0.0} s ago" : "")}",
            Evidence = evidence,
            Culprits = [facts.CulpritOf(process.Process, Words.Of(closed, "closed socket"))],
            Remedies = Remedies,
            Avoid = [CommonMyths.KeepAliveSettings, new("looking for them with ss or netstat", "a connection that is over is in no table; only the descriptors of the process show it")],
        };
    }

    private Finding OfHost(CaseFile facts, SocketStat stat) => new()
    {
        Condition = Info,
        Severity = Severity.Notice,
        Reason = $"{Unlisted(stat):N0} sockets of the host are in no table of this namespace; a notice above {HostMin:N0}",
        Summary = $"{Unlisted(stat):N0} TCP sockets are allocated and in no table: connections that are over and still held, or sockets of other namespaces",
        Evidence =
        [
            new($"{stat.Allocated:N0} allocated on the host, {stat.InUse + stat.InUseV6:N0} in the tables of this namespace", "sockstat TCP.alloc, TCP.inuse, TCP6.inuse") { Value = Unlisted(stat) },
            new($"{Unlisted(facts.Seen.Before.Stat ?? stat):N0} at the first sample", "sockstat, two samples"),
        ],
        Remedies = Remedies,
        Confidence = Confidence.Maybe,
        ConfirmBy = "run it as root: then the descriptors of each process are compared with the kernel's tables",
    };

    private static long Unlisted(SocketStat stat) => stat.Allocated - stat.InUse - stat.InUseV6;

    private static int Live(CaseFile facts, ProcessRef process)
    {
        int live = 0;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            live += socket.Entry.State != TcpState.Listen && socket.Process?.Pid == process.Pid ? 1 : 0;
        }

        return live;
    }

    private static IReadOnlyList<Remedy> Remedies { get; } =
    [
        new(RemedyKind.Application, "close the socket after every error, not only at the end of the stream (using, finally, defer); take broken connections out of a pool and dispose of them", "none"),
        new(RemedyKind.Command, "restart the program as a stop-gap", "its live connections end"),
    ];
}
