namespace TcpLens.Diagnosis;

/// <summary>
/// The kernel resets connections that are closing because there are too many of them, or too little memory (net/ipv4/tcp.c,
/// tcp_check_oom; tcp_timer.c, tcp_out_of_resources). Both limits are the host's: a container can be the victim of another.
/// </summary>
internal sealed class OrphanLimit : Condition
{
    private const double Near = 0.9;
    private const int RaisedTo = 2;
    private const string Counter = "TcpExt.TCPAbortOnMemory";
    private const string Limit = "net.ipv4.tcp_max_orphans";

    public override ConditionInfo Info { get; } = new(
        "orphan-limit",
        "Connections that are closing are reset",
        "peers get resets in place of the last data")
    {
        ExplainedBy = ["orphan-pileup", "tcp-memory-pressure"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Moved(Counter) is not (> 0 and var killed) || facts.Seen.Now.Stat is not { } stat)
        {
            return;
        }

        long? limit = facts.Settings.Number(Limit), pages = facts.Settings.Number("net.ipv4.tcp_mem", 2);
        bool isFull = limit is > 0 && stat.Orphans > limit * Near;
        bool isOutOfMemory = pages is > 0 && stat.MemoryPages > pages;
        verdict.Add(new Finding
        {
            Condition = Info,
            Severity = isFull || isOutOfMemory ? Severity.Critical : Severity.Warning,
            Reason = isFull ? $"{stat.Orphans:N0} orphans of at most {limit:N0}; critical above 90 %"
                : isOutOfMemory ? $"{stat.MemoryPages:N0} pages of TCP memory in use, more than the limit of {pages:N0}"
                : $"{Words.Of(killed, "connection")} reset while watched; orphans with a closed window count double or fourfold",
            Summary = $"the kernel reset {Words.Of(killed, "connection")} that were closing in {facts.Seconds:0.0} s, because of {(isOutOfMemory ? "the limit of TCP memory" : "the limit of orphans")}",
            Evidence =
            [
                facts.CounterFact(Counter),
                new($"{stat.Orphans:N0} orphans on the host; {Limit} = {facts.Settings[Limit] ?? "not here"}", $"sockstat TCP.orphan, {Limit}") { Value = stat.Orphans },
                new($"{stat.MemoryPages:N0} pages of TCP memory on the host; net.ipv4.tcp_mem = {SysctlCatalog.Normal(facts.Settings["net.ipv4.tcp_mem"] ?? "not here")}", "sockstat TCP.mem, net.ipv4.tcp_mem") { Value = stat.MemoryPages },
            ],
            Remedies =
            [
                new(RemedyKind.Application, "find what leaves connections that cannot finish: tcplens explain orphan-pileup", "none"),
                .. limit is > 0 and var most && !isOutOfMemory
                    ? SettingRemedy.Of(facts, Limit, $"{most * RaisedTo}", "raise the limit, where there is memory for it", "up to 64 KiB of unswappable memory an orphan")
                    : [],
                .. isOutOfMemory ? [new Remedy(RemedyKind.Command, "raise net.ipv4.tcp_mem (pages, not octets) only where memory is free: tcplens explain tcp_mem", "memory that programs then lack")] : Array.Empty<Remedy>(),
            ],
            Avoid = [new($"lowering {Limit} against an attack", "it resets honest clients too, and loses their last data")],
            Confidence = isFull || isOutOfMemory ? Confidence.Sure : Confidence.Likely,
            ConfirmBy = isFull || isOutOfMemory ? null : "dmesg says \"too many orphaned sockets\" or \"out of memory\" where the limit was reached",
        });
    }
}
