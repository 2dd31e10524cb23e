namespace TcpLens.Capture;

/// <summary>What is known of link types.</summary>
public static class LinkTypes
{
    /// <summary>Where reading a packet begins; End for a link type that is not read.</summary>
    internal static Layer FirstLayer(LinkType link) => link switch
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
        _ => Layer.End,
    };
}
