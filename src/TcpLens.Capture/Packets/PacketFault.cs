namespace TcpLens.Capture;

/// <summary>Why a packet's headers could not be believed.</summary>
public enum PacketFault : byte
{
    None,

    /// <summary>The packet as sent ends inside of a header.</summary>
    HeaderBeyondEnd,

    /// <summary>An IP header with another version than its place says.</summary>
    IpVersion,

    /// <summary>An IPv4 header length below 20 octets.</summary>
    IpHeaderLength,

    /// <summary>An IPv4 total length that ends inside of the header.</summary>
    IpTotalLength,

    /// <summary>A TCP data offset below 20 octets.</summary>
    TcpDataOffset,

    /// <summary>A TCP data offset beyond the end of the packet.</summary>
    TcpDataOffsetBeyondEnd,

    /// <summary>A fragment that ends beyond the largest datagram, or whose length is no multiple of eight where more follow.</summary>
    Fragment,

    /// <summary>A tunnel's or a link's header with a version, flag or length that it cannot have.</summary>
    Encapsulation,

    /// <summary>More headers inside of each other than any network has.</summary>
    TooManyLayers,
}

/// <summary>Faults in words.</summary>
public static class PacketFaults
{
    public static string Text(this PacketFault fault) => fault switch
    {
        PacketFault.None => "nothing wrong",
        PacketFault.HeaderBeyondEnd => "ends inside of a header",
        PacketFault.IpVersion => "IP version that its place does not allow",
        PacketFault.IpHeaderLength => "IPv4 header length below 20",
        PacketFault.IpTotalLength => "IPv4 total length inside of the header",
        PacketFault.TcpDataOffset => "TCP data offset below 20",
        PacketFault.TcpDataOffsetBeyondEnd => "TCP data offset beyond the end",
        PacketFault.Fragment => "fragment that no datagram can have",
        PacketFault.Encapsulation => "tunnel or link header that contradicts itself",
        PacketFault.TooManyLayers => "too many headers inside of each other",
    };
}
