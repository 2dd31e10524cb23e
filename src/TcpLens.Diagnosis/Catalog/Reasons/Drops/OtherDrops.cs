using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>What cannot happen to a TCP segment; a trace of drops on a whole machine may show it all the same.</summary>
internal static class OtherDrops
{
    private const string NoTcp = "No segment of TCP is dropped so.";

    public static readonly ReasonPage[] Pages =
    [
        new("UDP_CSUM", Info, "bad UDP checksum", NoTcp),
        new("ICMP_CSUM", Info, "bad ICMP checksum", "A damaged ICMP message. If it told of a size or an unreachable host, a TCP connection will not hear of it."),
        new("INVALID_PROTO", Info, "ICMP message that is not allowed so", NoTcp),
        new("UNIX_DISCONNECT", Info, "UNIX socket connected elsewhere", NoTcp),
        new("UNIX_SKIP_OOB", Info, "out-of-band octet of a UNIX socket skipped", NoTcp),
        new("IPV6_NDISC_FRAG", Info, "fragmented neighbour discovery", "Neighbour discovery messages must not be fragmented. " + NoTcp),
        new("IPV6_NDISC_HOP_LIMIT", Info, "neighbour discovery from another link", "The hop limit is not 255, so that a router passed it on: forged. " + NoTcp),
        new("IPV6_NDISC_BAD_CODE", Info, "neighbour discovery with a wrong code", NoTcp),
        new("IPV6_NDISC_BAD_OPTIONS", Info, "neighbour discovery with bad options", NoTcp),
        new("IPV6_NDISC_NS_OTHERHOST", Info, "neighbour solicitation for another host", NoTcp),
    ];
}
