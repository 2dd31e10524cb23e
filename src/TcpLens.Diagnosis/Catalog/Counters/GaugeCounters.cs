namespace TcpLens.Diagnosis;

/// <summary>sockstat: what is there now.</summary>
internal static class GaugeCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("sockstat TCP.inuse", "IPv4 sockets in the tables: listeners and connections.") { NotToConfuse = "TIME-WAIT and half-open requests are not in it; IPv6 sockets are in sockstat6." },
        new("sockstat6 TCP6.inuse", "IPv6 sockets in the tables, also those that carry IPv4.") { OnlyWhere = "IPv6 is on" },
        new("sockstat TCP.orphan", "Sockets that are still closing though no process holds them: FIN-WAIT-1, LAST-ACK, CLOSING.", "Peers that vanished or do not read.")
        {
            NotToConfuse = "FIN-WAIT-2 without a process is in tw, as a rule. It counts the whole host, in every container.",
            Conditions = ["orphan-pileup", "orphan-limit"],
        },
        new("sockstat TCP.tw", "TIME-WAIT entries, and FIN-WAIT-2 entries that no process holds.", "Connections that this side closed in the last minute. Harmless below tcp_max_tw_buckets, unless ports run out.") { Conditions = ["time-wait-volume", "time-wait-bucket-overflow", "fin-wait2-pileup"] },
        new("sockstat TCP.alloc", "TCP sockets of the whole host in any state, closed ones that a process keeps included.", "Far above inuse: descriptors of dead connections that nobody closes.")
        {
            NotToConfuse = "In a container it counts the host and inuse does not, so that their difference says nothing there (the \"closed\" of ss -s).",
            Conditions = ["dead-fd-leak"],
        },
        new("sockstat TCP.mem", "Memory of all TCP sockets of the host, exact to 256 pages for each processor.", "Compare with the three numbers of tcp_mem.") { Unit = "pages of memory", Conditions = ["tcp-memory-pressure"] },
        new("sockstat sockets.used", "Sockets of every kind in this namespace."),
    ];
}
