using System.Net;

namespace TcpLens.Linux;

/// <summary>How a TUN device is to be made. The addresses are the kernel's own end of the link; a stack behind the device has others of the same networks.</summary>
public sealed record TunOptions
{
    /// <summary>At most 15 octets; empty: the kernel counts ("tun0"). "%d" in it is counted, too.</summary>
    public string Name { get; init; } = "";

    /// <summary>68 to 65,535 octets; IPv6 wants 1,280.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// Packets that wait for the reader before the kernel drops; its default of 500 is less than a window of 1 MiB.
    /// </summary>
    public int QueueLength { get; init; } = 2000;

    /// <summary>Segments of up to 64 KiB and partial checksums both ways (IFF_VNET_HDR with TUNSETOFFLOAD): several times the throughput.</summary>
    public bool Offloads { get; init; } = true;

    /// <summary>Allows <see cref="TunDevice.OpenQueue"/>; the kernel keeps each connection on the queue it was last written to.</summary>
    public bool MultiQueue { get; init; }

    /// <summary>What the kernel gets: each with the network that is reached through the device.</summary>
    public IReadOnlyList<TunAddress> Addresses { get; init; } = [];

    /// <summary>Further networks that are reached through the device.</summary>
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];
}

/// <summary>The kernel's address on a device: 10.7.0.1/24.</summary>
public readonly record struct TunAddress(IPAddress Address, int PrefixLength)
{
    /// <exception cref="FormatException">Not ADDRESS/LENGTH.</exception>
    public static TunAddress Parse(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash > 0 && IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            && byte.TryParse(text.AsSpan(slash + 1), out byte length) && length <= address.GetAddressBytes().Length * 8
            ? new TunAddress(address, length)
            : throw new FormatException($"'{text}' is no ADDRESS/LENGTH, such as 10.7.0.1/24 or fd07::1/64");
    }
}
