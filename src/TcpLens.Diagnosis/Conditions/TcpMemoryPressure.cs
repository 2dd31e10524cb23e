using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// Socket memory is short: on the host against tcp_mem, or in a cgroup against its own limit (net/core/sock.c,
/// __sk_mem_raise_allocated). Refused receive memory without pressure on the host is the mark of a cgroup.
/// </summary>
internal sealed class TcpMemoryPressure : Condition
{
    private const string Mem = "net.ipv4.tcp_mem";
    private const int FewRefusalsMax = 4;
    private const double NearLimit = 0.9;
    private const double HalfOfCgroup = 0.5;

    public override ConditionInfo Info { get; } = new(
        "tcp-memory-pressure",
        "Memory for TCP sockets is short",
        "windows shrink and segments are dropped: all connections slow down")
    {
        ExplainedBy = ["stalled-reader", "zero-window-peer", "orphan-pileup"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        ExamineHost(facts, verdict);
        ExamineCgroups(facts, verdict);
    }

    private void ExamineHost(CaseFile facts, Verdict verdict)
    {
        long pressed = facts.Moved("TcpExt.TCPMemoryPressures") ?? 0;
        if (facts.Seen.Now.Stat is not { } stat
            || facts.Settings.Number(Mem, 0) is not { } low || facts.Settings.Number(Mem, 1) is not { } pressure || facts.Settings.Number(Mem, 2) is not { } most)
        {
            if (pressed > 0)
            {
                verdict.CannotCheck("socket memory of the host: net.ipv4.tcp_mem or /proc/net/sockstat cannot be read from here");
            }

            return;
        }

        bool ends = stat.MemoryPages > pressure && facts.Moved("TcpExt.TCPAbortOnMemory") > 0;
        if (stat.MemoryPages > low || pressed > 0)
        {
            (Severity severity, string reason) = stat.MemoryPages > most * NearLimit ? (Severity.Critical, $"{(double)stat.MemoryPages / most:P0} of the limit of {most:N0} pages; critical from {NearLimit:P0}")
                : ends ? (Severity.Critical, "closing connections are ended for want of memory")
                : stat.MemoryPages > pressure ? (Severity.Warning, $"above the pressure mark of {pressure:N0} pages")
                : pressed > 0 ? (Severity.Warning, "the kernel entered memory pressure while watched")
                : (Severity.Notice, $"above the low mark of {low:N0} pages; a warning above {pressure:N0}");
            verdict.Add(FindHost(facts, stat, severity, reason));
        }
    }

    private Finding FindHost(CaseFile facts, SocketStat stat, Severity severity, string reason)
    {
        long pageSize = facts.Settings.PageSizeBytes;
        SocketMemoryTally tally = SocketMemoryTally.Of(facts);
        string old = facts.Settings[Mem]?.Replace('\t', ' ') ?? "";
        return new Finding
        {
            Condition = Info,
            Severity = severity,
            Reason = reason,
            Summary = $"TCP holds {Words.Octets((double)stat.MemoryPages * pageSize)} of socket memory on this host; {Mem} is {old} pages",
            Evidence =
            [
                new($"{stat.MemoryPages:N0} pages in use, exact to {256 * Math.Max(1, facts.Settings.Processors):N0}; host-wide, whatever the namespace", "/proc/net/sockstat mem") { Value = stat.MemoryPages },
                facts.SettingFact(Mem),
                facts.CounterFact("TcpExt.TCPMemoryPressures"),
                facts.CounterFact("TcpExt.TCPMemoryPressuresChrono"),
                .. BufferFacts(facts, tally),
            ],
            Culprits = [.. tally.Culprits(facts)],
            Remedies =
            [
                .. ApplicationRemedies,
                new(RemedyKind.Setting, $"if the machine has memory to spare, raise {Mem}; its unit is pages of {pageSize} octets", "this memory is never swapped out: leave enough for programs")
                {
                    Settings = [new SettingChange(Mem, Doubled(facts.Settings))],
                    Undo = $"{Mem} = {old}",
                },
            ],
            Avoid = [new($"{Mem} in octets", $"its unit is pages: 4096 times too much, and the limit protects nothing any more")],
        };
    }

    private void ExamineCgroups(CaseFile facts, Verdict verdict)
    {
        // A segment that does not fit a buffer of its own size counts as RcvPruned too; one refused by the cgroup does not.
        long refused = (facts.Moved("TcpExt.TCPRcvQDrop") ?? 0) - (facts.Moved("TcpExt.RcvPruned") ?? 0);
        bool isRefused = refused > FewRefusalsMax && facts.Moved("TcpExt.TCPMemoryPressures") is 0;
        CgroupMemory[] full = [.. facts.Seen.Cgroups.Where(static cgroup => cgroup.LimitBytes > 0 && cgroup.SocketBytes > cgroup.LimitBytes * HalfOfCgroup).OrderByDescending(static cgroup => (double)cgroup.SocketBytes / cgroup.LimitBytes)];
        foreach (CgroupMemory cgroup in full)
        {
            verdict.Add(FindCgroup(facts, cgroup, isRefused));
        }

        if (isRefused && full.Length == 0)
        {
            verdict.Add(FindCgroup(facts, null, isRefused: true));
        }
    }

    private Finding FindCgroup(CaseFile facts, CgroupMemory? cgroup, bool isRefused)
    {
        SocketMemoryTally tally = SocketMemoryTally.Of(facts);
        List<Fact> evidence = [];
        if (cgroup is not null)
        {
            evidence.Add(new($"{Words.Octets(cgroup.SocketBytes)} of socket memory in {cgroup.Path}, whose limit is {Words.Octets(cgroup.LimitBytes)}", "memory.stat sock, memory.max; or memory.kmem.tcp.* of cgroup v1") { Value = cgroup.SocketBytes });
        }

        evidence.AddRange([facts.CounterFact("TcpExt.TCPRcvQDrop"), facts.CounterFact("TcpExt.PruneCalled"), facts.CounterFact("TcpExt.TCPMemoryPressures")]);
        evidence.AddRange(BufferFacts(facts, tally));
        string name = cgroup?.Container ?? cgroup?.Path ?? "a cgroup";
        return new Finding
        {
            Condition = Info,
            Subject = cgroup?.Path ?? "cgroup",
            Severity = isRefused ? Severity.Warning : Severity.Notice,
            Reason = isRefused
                ? "segments in order were refused for want of memory while the host is not short of it; only a cgroup limit does that"
                : $"{(double)cgroup!.SocketBytes / cgroup.LimitBytes:P0} of its limit is socket memory; a notice from {HalfOfCgroup:P0}, a warning when segments are refused",
            Summary = isRefused ? $"{name} is at its memory limit: {Words.Of(facts.Moved("TcpExt.TCPRcvQDrop") ?? 0, "received segment")} dropped" : $"socket memory takes most of the limit of {name}",
            Evidence = evidence,
            Culprits =
            [
                .. cgroup?.Container is { } container ? [new Culprit(CulpritKind.Container, container)] : (ReadOnlySpan<Culprit>)[],
                .. tally.Culprits(facts, cgroup?.Path),
            ],
            Remedies =
            [
                .. ApplicationRemedies,
                new(RemedyKind.Command, "raise the memory limit of the container or unit: socket memory counts in it", "the host gives more memory away"),
            ],
            Avoid = [new($"raising {Mem}", "the host is not short: the limit is the cgroup's")],
            Confidence = cgroup is null ? Confidence.Likely : Confidence.Sure,
            ConfirmBy = cgroup is null ? "memory.stat and memory.max of the processes named (cgroup v1: memory.kmem.tcp.usage_in_bytes)" : null,
        };
    }

    private static IReadOnlyList<Remedy> ApplicationRemedies { get; } =
    [
        new(RemedyKind.Application, "read what arrives, and stop writing to peers that do not read (back-pressure, a deadline for each send)", "slow peers are cut"),
        new(RemedyKind.Application, "keep less in send buffers: TCP_NOTSENT_LOWAT of 128 KiB; with very many connections, lower net.ipv4.tcp_rmem[2] and tcp_wmem[2]", "single fast transfers over long paths get slower"),
    ];

    private static IEnumerable<Fact> BufferFacts(CaseFile facts, SocketMemoryTally tally)
    {
        if (tally.Octets > 0)
        {
            yield return new($"sockets of this namespace hold {Words.Octets(tally.Octets)}: {Words.Octets(tally.UnreadOctets)} not read, orphans {Words.Octets(tally.OrphanOctets)}", "sock_diag skmem") { Value = tally.Octets };
            yield return new($"the largest holds {Words.Octets(tally.LargestOctets)}: {tally.LargestLocal} to {tally.LargestRemote}", "sock_diag skmem") { Value = tally.LargestOctets };
        }

        if (facts.Moved("TcpExt.TCPRcvCollapsed") > 0)
        {
            yield return facts.CounterFact("TcpExt.TCPRcvCollapsed");
        }
    }

    private static string Doubled(HostSettings settings)
        => string.Join(' ', Enumerable.Range(0, 3).Select(index => (settings.Number(Mem, index) ?? 0) * 2));
}
