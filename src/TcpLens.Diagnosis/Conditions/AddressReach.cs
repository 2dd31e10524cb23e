using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>From where an address can be reached, as far as the address itself tells.</summary>
internal enum AddressReach : byte
{
    /// <summary>127.0.0.0/8 and ::1.</summary>
    Machine,

    /// <summary>169.254.0.0/16 and fe80::/10 (RFC 3927, RFC 4291 §2.5.6).</summary>
    Link,

    /// <summary>RFC 1918, 100.64.0.0/10 of carriers (RFC 6598), fc00::/7 (RFC 4193).</summary>
    Private,

    Public,
}

internal static class AddressReaches
{
    private static readonly (HostAddress Network, int Bits, AddressReach Reach)[] Networks =
    [
        (V4(169, 254, 0), 96 + 16, AddressReach.Link),
        (V4(10, 0, 0), 96 + 8, AddressReach.Private),
        (V4(172, 16, 0), 96 + 12, AddressReach.Private),
        (V4(192, 168, 0), 96 + 16, AddressReach.Private),
        (V4(100, 64, 0), 96 + 10, AddressReach.Private),
        (new HostAddress(0xfe80_0000_0000_0000, 0), 10, AddressReach.Link),
        (new HostAddress(0xfc00_0000_0000_0000, 0), 7, AddressReach.Private),
    ];

    public static AddressReach Of(HostAddress address)
    {
        if (address.IsLoopback)
        {
            return AddressReach.Machine;
        }

        foreach ((HostAddress network, int bits, AddressReach reach) in Networks)
        {
            if (address.IsWithin(network, bits))
            {
                return reach;
            }
        }

        return AddressReach.Public;
    }

    private static HostAddress V4(uint first, uint second, uint third) => HostAddress.V4((first << 24) | (second << 16) | (third << 8));
}
