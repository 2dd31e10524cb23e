using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>
/// The addresses that share a prefix, as Linux's inet_diag compares them: an IPv4 prefix also matches the IPv4-mapped address of an
/// IPv6 socket, an IPv6 prefix (even ::/0) matches IPv6 sockets only.
/// </summary>
public readonly record struct HostNetwork
{
    /// <param name="family">How the address was written: ::ffff:10.0.0.1 is IPv6 here.</param>
    /// <param name="address">Any address of the network; the bits behind the prefix are dropped.</param>
    /// <param name="prefixLength">0-32 for IPv4, 0-128 for IPv6.</param>
    public HostNetwork(IpFamily family, HostAddress address, int prefixLength)
    {
        Family = family;
        PrefixLength = prefixLength;
        Address = new HostAddress(BitsCompared == 0 ? 0 : address.Bits & (UInt128.MaxValue << (128 - BitsCompared)));
    }

    public IpFamily Family { get; }

    public HostAddress Address { get; }

    public int PrefixLength { get; }

    private int BitsCompared => Family == IpFamily.V4 ? 96 + PrefixLength : PrefixLength;

    public bool Contains(HostAddress address, IpFamily socketFamily)
        => (Family == IpFamily.V4 || socketFamily == IpFamily.V6) && address.IsWithin(Address, BitsCompared);

    public override string ToString()
    {
        string address = Family == IpFamily.V4 ? $"{Address}" : Address.IsV4Mapped ? $"[::ffff:{Address}]" : $"[{Address}]";
        return PrefixLength == (Family == IpFamily.V4 ? 32 : 128) ? address : $"{address}/{PrefixLength}";
    }
}
