using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// TIME_WAIT is thrown away because tcp_max_tw_buckets is reached (net/ipv4/tcp_minisocks.c, tcp_time_wait). FIN_WAIT_2 without an
/// owner counts to the same limit. The counter also moves when memory for an entry cannot be had.
/// </summary>
internal sealed class TimeWaitBucketOverflow : Condition
{
    public const string Counter = "TcpExt.TCPTimeWaitOverflow";

    /// <summary>Share of the limit that is worth a notice.</summary>
    public const double Near = 0.9;

    private const double ManyShare = 0.01;
    private const int EnoughMin = 20;
    private const int FewMin = 5;
    private const string Limit = "net.ipv4.tcp_max_tw_buckets";

    public override ConditionInfo Info { get; } = new(
        "time-wait-bucket-overflow",
        "TIME_WAIT is thrown away",
        "peers get resets for segments that come late, and old segments can reach a new connection")
    {
        ExplainedBy = ["unsafe-sysctl", "fin-wait2-pileup"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long overflow = facts.Moved(Counter) ?? 0, ever = facts.Value(Counter) ?? 0;
        long held = facts.Seen.Now.Stat?.TimeWait ?? 0;
        long? limit = facts.Settings.Number(Limit);
        if (Judge(facts, overflow, ever, held, limit) is { Severity: > Severity.Ok } judged)
        {
            verdict.Add(Find(facts, overflow, held, limit, judged.Severity, judged.Reason));
        }
    }

    /// <summary>What once happened is told, and is a notice only while the limit is lower than the kernel would have it.</summary>
    private static (Severity Severity, string Reason) Judge(CaseFile facts, long overflow, long ever, long held, long? limit)
    {
        // Those that came in: expired, still held, or thrown away.
        long came = overflow + (facts.Moved("TcpExt.TW") ?? 0) + held - (facts.Seen.Before.Stat?.TimeWait ?? held);
        double share = (double)overflow / Math.Max(overflow, Math.Max(1, came));
        bool isLowered = SysctlCatalog.Judge(Limit, facts.Settings) is not null;
        return overflow switch
        {
            > 0 when share > ManyShare && overflow >= EnoughMin => (Severity.Critical, $"{share:P0} of the connections that closed meanwhile lost their TIME_WAIT; critical above 1 %"),
            > 0 => (Severity.Warning, $"{Words.Of(overflow, "connection")} lost TIME_WAIT while watched"),
            _ when limit is > 0 && held >= limit * Near && held >= FewMin => (Severity.Notice, $"{held:N0} of {limit:N0} buckets are in use; a notice from 90 %"),
            _ when ever > 0 => (isLowered || !facts.HasTwoSamples ? Severity.Notice : Severity.Info, $"{ever:N0} since boot, none while watched"),
            _ => (Severity.Ok, ""),
        };
    }

    private Finding Find(CaseFile facts, long overflow, long held, long? limit, Severity severity, string reason)
    {
        (int timeWait, int finWait2, Tally<HostAddress> remotes) = Split(facts);
        string? usual = SysctlCatalog.DefaultOf(Limit, facts.Settings);
        bool isFull = limit is { } most && held >= most * Near;
        return new Finding
        {
            Condition = Info,
            Severity = severity,
            Reason = reason,
            Summary = overflow > 0
                ? $"{Words.Of(overflow, "connection")} lost TIME_WAIT in {facts.Seconds:0.0} s: {held:N0} of {limit:N0} buckets are in use"
                : $"{held:N0} of {limit:N0} buckets for TIME_WAIT are in use; above it connections lose their TIME_WAIT",
            Evidence =
            [
                facts.CounterFact(Counter),
                new($"{held:N0} buckets in use of {limit:N0}: {timeWait:N0} TIME_WAIT, {finWait2:N0} FIN_WAIT_2 without an owner", "sockstat tw, sock_diag") { Value = held },
                new($"{Limit} = {limit}{(usual is null ? "" : $"; the kernel's own choice here is {usual}")}", Limit) { Value = limit },
                facts.CounterFact("Tcp.OutRsts"),
            ],
            Culprits = [new Culprit(CulpritKind.Setting, Limit, $"{limit}"), .. remotes.Culprits(CulpritKind.Remote, static address => address.ToString())],
            Remedies =
            [
                new(RemedyKind.Application, "close fewer connections: keep them and use them again", "idle connections need a time limit"),
                .. SettingRemedy.Of(facts, Limit, Raised(limit ?? 0, usual), "raise the limit", "none but memory: 256 octets a bucket, 64 MiB for 262144"),
            ],
            Avoid = [CommonMyths.FewerBuckets, CommonMyths.FinTimeoutForTimeWait],
            Confidence = overflow == 0 || isFull ? Confidence.Sure : Confidence.Likely,
            ConfirmBy = overflow == 0 || isFull ? null : "the buckets are not full now: the counter also moves when the kernel has no memory for an entry (dmesg, /proc/meminfo)",
        };
    }

    /// <summary>The kernel's own choice, where somebody lowered it; else twice what it is.</summary>
    private static string Raised(long limit, string? usual)
        => usual is not null && long.Parse(usual) > limit ? usual : Math.Max(262_144, limit * 2).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static (int TimeWait, int FinWait2, Tally<HostAddress> Remotes) Split(CaseFile facts)
    {
        int timeWait = 0, finWait2 = 0;
        Tally<HostAddress> remotes = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.Kind == SocketKind.TimeWait)
            {
                timeWait += socket.Entry.State == TcpState.TimeWait ? 1 : 0;
                finWait2 += socket.Entry.State == TcpState.FinWait2 ? 1 : 0;
                remotes.Add(socket.Entry.Remote.Address);
            }
        }

        return (timeWait, finWait2, remotes);
    }
}
