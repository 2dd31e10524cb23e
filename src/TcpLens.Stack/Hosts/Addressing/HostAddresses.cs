using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The addresses of a host, numbered in the order they were given.</summary>
internal sealed class HostAddresses
{
    /// <summary>Their numbers stand in records of TIME-WAIT.</summary>
    public const int Most = 1 << TimeWaitRecord.NumberBits;

    private static readonly HostAddress Broadcast = HostAddress.V4(uint.MaxValue);

    private readonly HostAddress[] _addresses;
    private readonly Dictionary<HostAddress, int> _numbers = [];

    public HostAddresses(IReadOnlyList<HostAddress> addresses)
    {
        ArgumentOutOfRangeException.ThrowIfZero(addresses.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addresses.Count, Most);
        _addresses = [.. addresses];
        foreach (HostAddress address in _addresses)
        {
            if (!IsUnicast(address) || !_numbers.TryAdd(address, _numbers.Count))
            {
                throw new ArgumentException($"{address} is no address of a host, or is there twice", nameof(addresses));
            }
        }
    }

    public HostAddress this[int number] => _addresses[number];

    /// <summary>-1 for an address of somebody else.</summary>
    public int NumberOf(HostAddress address) => _numbers.TryGetValue(address, out int number) ? number : -1;

    public bool Contains(HostAddress address) => _numbers.ContainsKey(address);

    /// <summary>What a connection to <paramref name="remote"/> comes from; null when no address is of its family.</summary>
    public HostAddress? SourceFor(HostAddress remote)
    {
        foreach (HostAddress address in _addresses)
        {
            if (address.IsV4Mapped == remote.IsV4Mapped)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>
    /// Somebody may be there: not the unspecified address, not a multicast one (MUST-46, MUST-57, MUST-63), not the limited broadcast.
    /// A subnet's broadcast address cannot be told without its mask, which a host on a point-to-point link does not have.
    /// </summary>
    public static bool IsUnicast(HostAddress address) => !address.IsUnspecified && !address.IsMulticast && address != Broadcast;
}
