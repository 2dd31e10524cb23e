namespace TcpLens.Capture;

/// <summary>How the packets of a capture begin: the numbers of tcpdump.org/linktypes.html, those that are read.</summary>
public enum LinkType : uint
{
    Null = 0,
    Ethernet = 1,
    Ppp = 9,
    RawBsd = 12,
    RawOpenBsd = 14,
    PppSerial = 50,
    Raw = 101,
    Loop = 108,
    LinuxCooked = 113,
    Ipv4 = 228,
    Ipv6 = 229,
    LinuxCooked2 = 276,

    /// <summary>Stands for all others, where too many were met to count each.</summary>
    Other = uint.MaxValue,
}
