using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>The way in and out: IP headers, addresses, routes, neighbours, sizes, fragments.</summary>
internal static class RouteDrops
{
    public static readonly ReasonPage[] Pages =
    [
        new("IP_RPFILTER", Notice, "source is not reachable that way (rp_filter)", "Strict reverse path filtering: an answer to the sender would leave through another device. Usual on machines with several uplinks or VPNs.")
        {
            Advice = "rp_filter 2 accepts what is reachable by any device.",
            SeeAlso = ["IPReversePathFilter"],
            Conditions = ["local-drop"],
        },
        new("IP_OUTNOROUTES", Notice, "no route to the destination", "The packet was ready and there is no route any more, or the device went down.") { SeeAlso = ["Ip.OutNoRoutes", "ENETUNREACH"], Conditions = ["local-drop"] },
        new("IP_INNOROUTES", Notice, "arrived, and no route for it", "A packet to be forwarded or answered has no route here.") { SeeAlso = ["IpExt.InNoRoutes"], Conditions = ["local-drop"] },
        new("IP_INADDRERRORS", Notice, "arrived for an address not of this machine", "Forwarding is off or the destination unreachable: a wrong route at the sender, or an address that has moved.") { SeeAlso = ["Ip.InAddrErrors", "ip_forward"], Conditions = ["local-drop"] },
        new("IP_LOCAL_SOURCE", Notice, "arrived with an address of this machine as source", "A forged source, a loop on the link, or the same address on two machines.") { Conditions = ["local-drop"] },
        new("IP_INVALID_SOURCE", Notice, "source address that cannot be", "Multicast, broadcast or 0.0.0.0 as the source of a packet."),
        new("IP_LOCALNET", Notice, "127.0.0.0/8 from outside", "A loopback address as source or destination of a packet from a real device; route_localnet would allow it.") { Conditions = ["local-drop"] },
        new("IP_INVALID_DEST", Notice, "destination address that cannot be", "0.0.0.0 as destination."),
        new("IP_CSUM", Warning, "bad IP checksum", "The IP header was damaged on the way, or something on it computes checksums wrongly.") { SeeAlso = ["IpExt.InCsumErrors"], Conditions = ["checksum-errors"] },
        new("IP_INHDR", Notice, "malformed IP header", "Version, length or options of the IP header are wrong.") { SeeAlso = ["Ip.InHdrErrors"] },
        new("IP_NOPROTO", Info, "no such IP protocol here", "Nothing on this machine handles that protocol number; not TCP.") { SeeAlso = ["Ip.InUnknownProtos"] },
        new("OTHERHOST", Info, "for another machine", "The device is promiscuous (a capture, a bridge) and hears what is not for this machine."),
        new("UNICAST_IN_L2_MULTICAST", Notice, "unicast packet in a multicast frame", "The frame was sent to many and the IP packet in it to one: forged, or a wrong setting of a switch or cluster."),
        new("IPV6DISABLED", Notice, "IPv6 is off on the device", "An IPv6 packet for or from a device with disable_ipv6.") { SeeAlso = ["net.ipv6.conf.all.disable_ipv6"], Conditions = ["local-drop"] },
        new("IPV6_BAD_EXTHDR", Notice, "bad IPv6 extension header", "An extension header of IPv6 is malformed or not allowed."),
        new("NEIGH_FAILED", Warning, "next hop does not answer", "ARP or neighbour discovery got no answer: the host is down, gone, or on another link. Waiting packets are thrown away, and a connect ends in EHOSTUNREACH.")
        {
            Advice = "ip neigh shows FAILED; ip route get ADDRESS which next hop it is.",
            SeeAlso = ["EHOSTUNREACH"],
            Conditions = ["syn-sent-pileup"],
        },
        new("NEIGH_QUEUEFULL", Warning, "too many packets wait for the next hop's address", "While ARP or neighbour discovery is under way only so much may wait (unres_qlen_bytes).") { Conditions = ["local-drop"] },
        new("NEIGH_CREATEFAIL", Warning, "no room for another neighbour", "The table of neighbours is full (gc_thresh3), or memory is short: too many hosts on one link, or a scan of it.") { Conditions = ["local-drop"] },
        new("NEIGH_DEAD", Notice, "next hop's entry is being removed", "The entry of the neighbour was on its way out: the device went down, or the entry was replaced."),
        new("NEIGH_HH_FILLFAIL", Notice, "no link header could be made", "The header of the link layer does not fit into the packet or cannot be made for that neighbour."),
        new("PKT_TOO_BIG", Warning, "larger than the path allows", "The packet exceeds the MTU of the way out and must not be cut up; the sender gets an ICMP message, if that gets through.") { SeeAlso = ["Ip.FragFails", "tcp_mtu_probing"], Conditions = ["mtu-blackhole"] },
        new("PKT_TOO_SMALL", Notice, "shorter than its headers", "The packet ends inside its headers, or the length they tell is below the least: damaged or forged.") { SeeAlso = ["Tcp.InErrs"] },
        new("HDR_TRUNC", Notice, "headers could not be read", "The packet ends before the header that should follow, or no memory was there to bring its parts together."),
        new("DUP_FRAG", Notice, "fragment received twice or overlapping", "A fragment that overlaps another; of IPv6 none may (RFC 5722).") { SeeAlso = ["IpExt.ReasmOverlaps"] },
        new("FRAG_REASM_TIMEOUT", Notice, "a fragment never came", "The other fragments of the packet were given up after 30 s (IPv6: 60 s). TCP sends no fragments by itself: a tunnel or a router made them.") { SeeAlso = ["Ip.ReasmFails"] },
        new("FRAG_TOO_FAR", Notice, "fragments too far apart", "So many packets of that sender came between two fragments that they may belong to different packets (ipfrag_max_dist)."),
    ];
}
