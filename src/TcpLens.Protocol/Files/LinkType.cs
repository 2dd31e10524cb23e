namespace TcpLens.Protocol;

/// <summary>How the packets of a capture begin: the numbers of tcpdump.org/linktypes.html, those that are read.</summary>
public enum LinkType : uint
{
    Null = 0,
    Ethernet = 1,
    TokenRing = 6,
    Arcnet = 7,
    Slip = 8,
    Ppp = 9,
    Fddi = 10,
    RawBsd = 12,
    RawOpenBsd = 14,
    PppSerial = 50,
    PppEther = 51,
    AtmLlc = 100,
    Raw = 101,
    CiscoHdlc = 104,
    Wireless = 105,
    Loop = 108,
    Enc = 109,
    LinuxCooked = 113,
    PfLog = 117,
    Prism = 119,
    Radiotap = 127,
    LinuxArcnet = 129,
    Avs = 163,
    PppLinux = 166,
    JuniperEthernet = 178,
    Ppi = 192,
    PppWithDirection = 204,
    Mpls = 219,
    Ipv4 = 228,
    Ipv6 = 229,
    NfLog = 239,
    NetAnalyzer = 240,
    PkTap = 258,
    LinuxCooked2 = 276,

    /// <summary>Stands for all others, where too many were met to count each, and for those that have no number here.</summary>
    Other = uint.MaxValue,
}
