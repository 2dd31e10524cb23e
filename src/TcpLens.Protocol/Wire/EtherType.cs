namespace TcpLens.Protocol;

/// <summary>What an Ethernet frame carries (IEEE 802 numbers, iana.org/assignments/ieee-802-numbers).</summary>
public enum EtherType : ushort
{
    Ipv4 = 0x0800,
    Arp = 0x0806,

    /// <summary>GRE's number for a whole Ethernet frame (RFC 7637 §3.2).</summary>
    TransparentEthernet = 0x6558,
    ReverseArp = 0x8035,

    /// <summary>IEEE 802.1Q.</summary>
    Vlan = 0x8100,
    Ipv6 = 0x86dd,
    Ppp = 0x880b,
    Mpls = 0x8847,
    MplsMulticast = 0x8848,
    PppoeDiscovery = 0x8863,
    PppoeSession = 0x8864,

    /// <summary>IEEE 802.1ah: the tag of a provider's backbone, before a whole frame.</summary>
    BackboneService = 0x88e7,

    /// <summary>Cisco's FabricPath: a tag before a whole frame.</summary>
    FabricPath = 0x8903,

    /// <summary>Cisco's tag of virtual interfaces.</summary>
    VnTag = 0x8926,

    /// <summary>High-availability seamless redundancy (IEC 62439-3).</summary>
    Hsr = 0x892f,

    /// <summary>Network service header (RFC 8300).</summary>
    ServiceHeader = 0x894f,

    /// <summary>IEEE 802.1ad, the outer tag of two.</summary>
    ServiceVlan = 0x88a8,

    /// <summary>ERSPAN types I and II inside GRE (draft-foschiano-erspan).</summary>
    Erspan = 0x88be,

    /// <summary>IEEE 802.1BR.</summary>
    PortExtension = 0x893f,

    /// <summary>The outer tag of two before IEEE 802.1ad had its number.</summary>
    OldServiceVlan = 0x9100,

    /// <summary>ERSPAN type III inside GRE.</summary>
    ErspanThree = 0x22eb,
}
