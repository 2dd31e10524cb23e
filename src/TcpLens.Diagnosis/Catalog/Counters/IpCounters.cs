namespace TcpLens.Diagnosis;

/// <summary>Below TCP: IP, ICMP, the firewall's table, and the processors' input queues.</summary>
internal static class IpCounters
{
    private const string Conntrack = "the nf_conntrack module is loaded";

    public static readonly CounterPage[] Pages =
    [
        new("Ip.InHdrErrors", "Packets with a wrong header: checksum, version, TTL used up.", "Damage, or a loop of routes.") { Conditions = ["checksum-errors"] },
        new("Ip.InAddrErrors", "Packets for an address that cannot be right here.", "Wrong routes elsewhere."),
        new("Ip.InDiscards", "Good packets thrown away on the way in: no memory, or a filter.", "Loss made at home.") { Conditions = ["local-drop"] },
        new("Ip.InUnknownProtos", "Packets of a protocol that this host does not have."),
        new("Ip.InDelivers", "Packets handed up to TCP, UDP and others."),
        new("Ip.OutDiscards", "Packets of this host thrown away on the way out: a full queue, a firewall, no memory.", "Loss made at home.") { Conditions = ["local-drop"] },
        new("Ip.OutNoRoutes", "Packets of this host that found no route.", "A route is missing or was lost.") { Conditions = ["local-drop"] },
        new("Ip.ReasmFails", "Fragments that did not become a packet.", "Fragments are lost; TCP hardly ever makes any."),
        new("Ip.FragFails", "Packets that had to be cut and may not be: DF is set, and they are longer than the next link takes.", "Tunnels and small links; the sender has to be told by ICMP.") { Conditions = ["mtu-blackhole"] },
        new("Ip.FragCreates", "Fragments made."),
        new("Ip.OutTransmits", "Packets handed to a link, forwarded ones included.") { OnlyWhere = "Linux is 6.3 or newer" },
        new("IpExt.InNoRoutes", "Packets that came and had no way on.", "Packets for others, where this host is no router."),
        new("IpExt.InTruncatedPkts", "Packets shorter than their header says."),
        new("IpExt.InOctets", "Octets received."),
        new("IpExt.OutOctets", "Octets sent."),
        new("IpExt.InCsumErrors", "IP headers with a bad checksum.", "Damage on the way.") { Conditions = ["checksum-errors"] },
        new("IpExt.InNoECTPkts", "Packets of senders that do not do ECN."),
        new("IpExt.InECT0Pkts", "Packets of senders that do ECN."),
        new("IpExt.InECT1Pkts", "Packets of senders that do L4S."),
        new("IpExt.InCEPkts", "Packets that a router marked: congestion.", "Queues on the way to this host are full, and say so instead of dropping.") { Conditions = ["bufferbloat"] },
        new("IpExt.ReasmOverlaps", "Fragments that overlap.", "An attack, or something broken."),
        new("Icmp.InDestUnreachs", "Destination unreachable messages received.", "Someone on the way or at the end refuses.")
        {
            NotToConfuse = "Fragmentation needed is in it, which is nothing bad: the kernel does not split them by code.",
            Conditions = ["connection-refused", "mtu-blackhole"],
        },
        new("Icmp.OutDestUnreachs", "Destination unreachable messages sent.", "This host refuses: closed UDP ports, reject rules, no route.") { Conditions = ["connection-refused"] },
        new("Icmp.InTimeExcds", "Time exceeded messages received.", "A loop of routes, or a traceroute."),
        new("Icmp.InErrors", "ICMP messages with something wrong."),
        new("Icmp.OutRateLimitGlobal", "ICMP errors not sent because of the limit of the whole host (icmp_msgs_per_sec).", "Peers are not told that something is refused.") { OnlyWhere = "Linux is 6.1 or newer" },
        new("Icmp.OutRateLimitHost", "ICMP errors not sent because of the limit for one destination (icmp_ratelimit).") { OnlyWhere = "Linux is 6.1 or newer" },
        new("IcmpMsg.InType3", "Destination unreachable messages received, as in Icmp.InDestUnreachs.") { OnlyWhere = "one has come" },
        new("IcmpMsg.OutType3", "Destination unreachable messages sent, as in Icmp.OutDestUnreachs.") { OnlyWhere = "one was sent" },
        new("conntrack.found", "Packets that found their entry.") { OnlyWhere = Conntrack },
        new("conntrack.invalid", "Packets that fit no entry and no beginning.", "Lost state after a reload or failover, asymmetric paths; many firewalls drop them.") { OnlyWhere = Conntrack, Conditions = ["reset-storm-in", "local-drop"] },
        new("conntrack.insert_failed", "Entries that could not be put into the table.", "NAT found no free port, or two packets of one flow raced.") { OnlyWhere = Conntrack, Conditions = ["conntrack-full"] },
        new("conntrack.drop", "Packets dropped because the table is full and nothing could be given up.", "Random new connections fail.") { OnlyWhere = Conntrack, Conditions = ["conntrack-full"] },
        new("conntrack.early_drop", "Entries given up to make room.", "The table is full; what was given up was not an established connection, yet.") { OnlyWhere = Conntrack, Conditions = ["conntrack-full"] },
        new("conntrack.search_restart", "Searches begun again because the table changed meanwhile.") { OnlyWhere = Conntrack },
        new("softnet.processed", "Packets that a processor took from its input queues."),
        new("softnet.dropped", "Packets dropped because the input queue of a processor was full (netdev_max_backlog).", "Loss made at home: a processor cannot keep up.") { Conditions = ["local-drop"] },
        new("softnet.time_squeeze", "Times that a processor stopped with packets left, its time being used up (netdev_budget).", "Busy, not yet loss.") { Conditions = ["local-drop"] },
    ];
}
