namespace TcpLens.Diagnosis;

/// <summary>The end of connections: TIME-WAIT, FIN-WAIT-2 and orphans.</summary>
internal static class CloseSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_fin_timeout", "60", "any; 61 to 119 do not mean what they say", "2.2", "How long a FIN-WAIT-2 that no process holds waits for the peer's FIN. Up to 60 it is the seconds; above, twice the part over 60.")
        {
            Unit = "s",
            TakesEffect = "for connections that are closed from now on",
            Raising = "61 means 2 s, 90 means 60 s, 120 means 120 s (measured on 6.18).",
            Lowering = "15 to 30 is safe where peers keep their side open.",
            Myths = ["It does not shorten TIME-WAIT, which is 60 s whatever is set here.", "It does nothing for CLOSE-WAIT: that is waited for by the program."],
            Conditions = ["fin-wait2-pileup", "unsafe-sysctl"],
            Rule = SysctlRules.FinTimeout,
        },
        new("net.ipv4.tcp_max_tw_buckets", "half of tcp_ehash_entries", "0 and more", "2.4", "The most TIME-WAIT entries, and FIN-WAIT-2 entries that no process holds; about 256 octets each. Above it a connection ends without one.")
        {
            Unit = "entries",
            DefaultHere = SysctlDefaults.HalfOfHash,
            Raising = "Safe: 262144 entries are 64 MiB.",
            Lowering = "Peers that repeat their FIN get resets, and late segments can reach a new connection.",
            Risk = "high when lowered, low when raised",
            Myths = ["Lowering it to 5000 is no cure for many TIME-WAITs: they do no harm, their loss does."],
            Conditions = ["time-wait-bucket-overflow", "time-wait-volume", "fin-wait2-pileup"],
            Rule = SysctlRules.TimeWaitBuckets,
        },
        new("net.ipv4.tcp_max_orphans", "half of tcp_ehash_entries", "0 and more", "2.4", "The most sockets of the whole host that are still closing though no process holds them. Above it they are reset. Those with a closed window count double or fourfold.")
        {
            Unit = "sockets",
            DefaultHere = SysctlDefaults.HalfOfHash,
            Raising = "Each can pin up to 64 KiB of memory.",
            Lowering = "Closing connections are reset, and their last data is lost.",
            Risk = "medium when lowered",
            Conditions = ["orphan-limit", "orphan-pileup"],
        },
        new("net.ipv4.tcp_orphan_retries", "0", "0 to 255; 0 means 8", "2.4", "How often a socket that no process holds repeats its last data or FIN before it gives up: 8 is about 102 s.")
        {
            Unit = "retransmissions",
            TakesEffect = Effect.NextTimer,
            Lowering = "2 or 3 gives up after 1.4 s or 3 s of silence: only for web servers under attack.",
            Risk = "medium when lowered: the end of an answer is lost on a short outage",
            Conditions = ["orphan-pileup"],
            Rule = SysctlRules.OrphanRetries,
        },
        new("net.ipv4.tcp_rfc1337", "0", "0 or 1", "2.2", "1: an RST does not end TIME-WAIT early (RFC 1337).")
        {
            Raising = "Guards ports in TIME-WAIT against stray and forged RSTs; peers that reset keep theirs for 60 s.",
            Conditions = ["time-wait-volume"],
        },
    ];
}
