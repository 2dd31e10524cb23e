namespace TcpLens.Diagnosis;

/// <summary>
/// The queue of half-open connections overflows (net/ipv4/tcp_input.c, tcp_conn_request). With SYN cookies nothing is refused, and
/// the cookies that come back tell an attack, whose sources never answer, from real clients that meet a small backlog.
/// </summary>
internal sealed class SynFlood : Condition
{
    private const int EnoughToTell = 20;
    private const double HonestShare = 0.8;
    private const double FreshShare = 0.3;
    private const double ForgedShare = 0.1;
    private const double CriticalPerSecond = 1000;

    /// <summary>Full a moment ago: places are left in bursts.</summary>
    private const double NearlyFull = 0.5;
    private const string Cookies = "net.ipv4.tcp_syncookies";

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "filter before this host (the provider's scrubbing), or limit and check SYNs in the firewall (nftables: limit rate, synproxy)", "real clients behind the same sources"),
        new(RemedyKind.Application, "more listeners on the port (SO_REUSEPORT): each has a queue and a processor of its own", "all must accept"),
    ];

    public override ConditionInfo Info { get; } = new(
        "syn-flood",
        "The queue of half-open connections overflows",
        "with SYN cookies connections lose TCP options; without, new clients are refused")
    {
        ExplainedBy = ["unsafe-sysctl"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Overflow seen = Overflow.Of(facts);
        if (seen.Dropped > 0 || seen.Sent > 0)
        {
            verdict.Add(Find(facts, seen, [.. HalfOpenQueue.Of(facts).Where(static queue => queue.Share >= NearlyFull)]));
        }
        else if (facts.Settings.Number(Cookies) == 1 && facts.Value("TcpExt.TCPReqQFullDoCookies") is > 0 and var ever)
        {
            verdict.Add(Find(facts, seen, []) with
            {
                Severity = Severity.Info,
                Reason = "only since boot, not while watched",
                Summary = $"the queue of half-open connections overflowed {ever:N0} times since boot, and not while watched",
            });
        }
    }

    private Finding Find(CaseFile facts, Overflow seen, HalfOpenQueue[] full)
    {
        double perSecond = facts.HasTwoSamples ? (seen.Sent + seen.Dropped) / facts.Seconds : 0;
        bool isCritical = seen.Dropped > 0 || perSecond > CriticalPerSecond;
        string where = full is [var only] ? $" of {only.Local}" : "";
        return new Finding
        {
            Condition = Info,
            Subject = full is [var one] ? one.Local.ToString() : null,
            Severity = isCritical ? Severity.Critical : Severity.Warning,
            Reason = seen.Dropped > 0 ? $"{Words.Of(seen.Dropped, "SYN")} dropped, because SYN cookies are off"
                : isCritical ? $"{perSecond:N0} SYN cookies a second; critical above {CriticalPerSecond:N0}"
                : $"{Words.Of(seen.Sent, "SYN cookie")} sent while watched",
            Summary = $"the queue of half-open connections{where} overflows: {Words.Of(seen.Sent + seen.Dropped, "SYN")} in {facts.Seconds:0.0} s {(seen.Dropped > 0 ? "were dropped" : "got a cookie")}; {KindText(seen, full)}",
            Evidence =
            [
                facts.CounterFact("TcpExt.TCPReqQFullDoCookies"),
                facts.CounterFact("TcpExt.TCPReqQFullDrop"),
                new($"cookies sent {seen.Sent:N0}, came back {seen.Received:N0}, false {facts.Moved("TcpExt.SyncookiesFailed") ?? 0:N0}", "TcpExt.SyncookiesSent, SyncookiesRecv, SyncookiesFailed") { Value = seen.Sent == 0 ? null : (double)seen.Received / seen.Sent },
                .. full.Take(Culprit.Few).Select(static queue => new Fact($"{queue.Waiting:N0} half-open at {queue.Local} of at most {queue.Limit:N0}, {queue.Repeated:N0} repeated, from {queue.Remotes.Distinct:N0} addresses", "sock_diag, SYN_RECV rows") { Value = queue.Waiting }),
                facts.SettingFact(Cookies),
            ],
            Culprits =
            [
                .. full.Take(Culprit.Few).SelectMany(queue => queue.Culprits(facts)).Distinct(),
                .. facts.Settings.Number(Cookies) == 0 ? [new Culprit(CulpritKind.Setting, Cookies, "0")] : Array.Empty<Culprit>(),
            ],
            Remedies = [.. IsHonest(seen, full) ? Honest(facts, full) : Attack(facts)],
            Avoid =
            [
                CommonMyths.MaxSynBacklog,
                new($"{Cookies} = 2", "it is for tests: every connection loses the options that do not fit into a cookie"),
                CommonMyths.AbortOnOverflow,
            ],
            Confidence = seen.Sent >= EnoughToTell || seen.Dropped > 0 ? Confidence.Likely : Confidence.Maybe,
            ConfirmBy = "capture SYNs at the listener's port: sources that never send a second segment are forged or blocked",
        };
    }

    /// <summary>
    /// Cookies come back a round trip later, so that a window that saw the beginning sees fewer than were answered. Then the queue tells:
    /// while hardly any SYN-ACK has to be repeated, its places are left again as fast as clients answer.
    /// </summary>
    private static bool IsHonest(Overflow seen, HalfOpenQueue[] full)
        => seen.Sent >= EnoughToTell && (seen.Share >= HonestShare
            || (seen.Share >= FreshShare && full.Sum(static queue => queue.Repeated) * 10 < full.Sum(static queue => queue.Waiting)));

    private static string KindText(Overflow seen, HalfOpenQueue[] full) => seen switch
    {
        { Sent: < EnoughToTell } => "too few cookies to tell an attack from a small backlog",
        _ when IsHonest(seen, full) => "their senders answered, so this is load that meets a small backlog",
        { Share: < ForgedShare } => "hardly any came back, so this is an attack with forged sources, or a broken way back",
        _ => "some came back: an attack among real clients",
    };

    private static IEnumerable<Remedy> Honest(CaseFile facts, HalfOpenQueue[] full)
    {
        string now = full is [var only] ? $" (now {only.Limit - 1:N0})" : "";
        yield return new(RemedyKind.Application, $"ask for a longer backlog in listen(){now}: 1024 to 4096 on a server, and restart the program", "a restart");
        if (facts.Settings.Number("net.core.somaxconn") < 4096)
        {
            foreach (Remedy remedy in SettingRemedy.Of(facts, "net.core.somaxconn", "4096", "it caps the backlog: raise it, then restart the program", "none beyond a few hundred octets a waiting connection"))
            {
                yield return remedy;
            }
        }
    }

    private static IEnumerable<Remedy> Attack(CaseFile facts)
    {
        foreach (Remedy remedy in SettingRemedy.Of(facts, Cookies, "1", "switch SYN cookies on: nothing is refused any more", "connections made by cookie may lack window scaling and SACK"))
        {
            yield return remedy;
        }

        foreach (Remedy remedy in Cure)
        {
            yield return remedy;
        }
    }

    /// <summary>What went beyond the queue between the samples.</summary>
    private sealed record Overflow(long Sent, long Received, long Dropped)
    {
        public double Share => Sent == 0 ? 0 : Math.Min(1, (double)Received / Sent);

        /// <summary>
        /// With cookies off a SYN is dropped above three quarters of tcp_max_syn_backlog, and no counter of its own says so: it is what
        /// ListenDrops has beyond the full accept queues and the full SYN queues. With tcp_syncookies = 2 every SYN gets a cookie.
        /// </summary>
        public static Overflow Of(CaseFile facts)
        {
            long? mode = facts.Settings.Number(Cookies);
            long full = facts.Moved("TcpExt.TCPReqQFullDrop") ?? 0;
            long unnamed = (facts.Moved("TcpExt.ListenDrops") ?? 0) - (facts.Moved("TcpExt.ListenOverflows") ?? 0) - full;
            long sent = mode == 2 ? 0 : Math.Max(facts.Moved("TcpExt.TCPReqQFullDoCookies") ?? 0, facts.Moved("TcpExt.SyncookiesSent") ?? 0);
            return new Overflow(sent, facts.Moved("TcpExt.SyncookiesRecv") ?? 0, full + (mode == 0 ? Math.Max(0, unnamed) : 0));
        }
    }
}
