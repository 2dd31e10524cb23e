using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What is known of link types.</summary>
public static class LinkTypes
{
    private const int EncHeaderLength = 12;
    private const int SlipHeaderLength = 16;
    private const int NetAnalyzerHeaderLength = 4;

    /// <summary>In words; "link type 147" for one that is not read.</summary>
    public static string Text(this LinkType link) => link switch
    {
        LinkType.Null or LinkType.Loop => "BSD loopback",
        LinkType.Ethernet => "Ethernet",
        LinkType.TokenRing => "Token Ring",
        LinkType.Arcnet or LinkType.LinuxArcnet => "ARCNET",
        LinkType.Ppp or LinkType.PppSerial or LinkType.PppLinux or LinkType.PppWithDirection => "PPP",
        LinkType.Fddi => "FDDI",
        LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Ipv4 or LinkType.Ipv6 => "raw IP",
        LinkType.PppEther => "PPPoE",
        LinkType.AtmLlc => "ATM with LLC",
        LinkType.Mpls => "MPLS",
        LinkType.Slip => "SLIP",
        LinkType.CiscoHdlc => "Cisco HDLC",
        LinkType.Wireless => "802.11",
        LinkType.Prism => "802.11 with Prism header",
        LinkType.Radiotap => "802.11 with radiotap",
        LinkType.Avs => "802.11 with AVS header",
        LinkType.Enc => "OpenBSD enc",
        LinkType.LinuxCooked => "Linux cooked",
        LinkType.LinuxCooked2 => "Linux cooked v2",
        LinkType.PfLog => "OpenBSD pflog",
        LinkType.JuniperEthernet => "Juniper Ethernet",
        LinkType.Ppi => "PPI",
        LinkType.NfLog => "NFLOG",
        LinkType.NetAnalyzer => "netANALYZER",
        LinkType.PkTap => "PKTAP",
        LinkType.Other => "other link types",
        _ => $"link type {(uint)link}",
    };

    /// <summary>What a packet of this link type begins with; a kind of packet when it is not read, or too short for its link.</summary>
    internal static Layer First(LinkType link, ref PacketCursor cursor) => link switch
    {
        LinkType.Ethernet => Layer.Ethernet,
        LinkType.LinuxCooked => Layer.LinuxCooked,
        LinkType.LinuxCooked2 => Layer.LinuxCooked2,
        LinkType.Null or LinkType.Loop => Layer.BsdNull,
        LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd => Layer.AnyIp,
        LinkType.Ipv4 => Layer.Ipv4,
        LinkType.Ipv6 => Layer.Ipv6,
        LinkType.Ppp => Layer.Ppp,
        LinkType.PppSerial => Layer.SerialPpp,
        LinkType.CiscoHdlc => Layer.SerialPpp,
        LinkType.PppEther => Layer.Pppoe,
        LinkType.Mpls => Layer.Mpls,
        LinkType.Slip => cursor.Skip(SlipHeaderLength, Layer.AnyIp),
        LinkType.PppWithDirection => cursor.Skip(1, Layer.SerialPpp),
        LinkType.PppLinux => cursor.Skip(2, Layer.Ppp),
        LinkType.AtmLlc => Layer.Llc,
        LinkType.TokenRing => TokenLayers.ReadTokenRing(ref cursor),
        LinkType.Fddi => TokenLayers.ReadFddi(ref cursor),
        LinkType.Arcnet => ArcnetLayer.Read(addresses: 2, ref cursor),
        LinkType.LinuxArcnet => ArcnetLayer.Read(addresses: 4, ref cursor),
        LinkType.Wireless => Layer.Wireless,
        LinkType.Radiotap => MonitorLayers.ReadRadiotap(ref cursor),
        LinkType.Prism => MonitorLayers.ReadPrism(ref cursor),
        LinkType.Avs => MonitorLayers.ReadAvs(ref cursor),
        LinkType.Ppi => MonitorLayers.ReadPpi(ref cursor),
        LinkType.PkTap => MonitorLayers.ReadPkTap(ref cursor),
        LinkType.Enc => cursor.Skip(EncHeaderLength, Layer.AnyIp),
        LinkType.NetAnalyzer => cursor.Skip(NetAnalyzerHeaderLength, Layer.Ethernet),
        LinkType.PfLog => PfLogLayer.Read(ref cursor),
        LinkType.NfLog => NfLogLayer.Read(ref cursor),
        LinkType.JuniperEthernet => JuniperLayer.Read(ref cursor),
        _ => cursor.Is(PacketKind.UnknownLink),
    };
}
