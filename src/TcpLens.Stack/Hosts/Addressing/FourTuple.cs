using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What tells a connection from all others of a host: both ends (RFC 9293 §3.4: "a pair of sockets").</summary>
internal readonly record struct FourTuple(Endpoint Local, Endpoint Remote)
{
    public bool IsV4 => Remote.Address.IsV4Mapped;

    private ulong Ports => ((ulong)Local.Port << 16) | Remote.Port;

    /// <summary>Where it stands in a table.</summary>
    public uint TableHash(SipHash key) => (uint)(IsV4
        ? key.Quick(V4Addresses, Ports)
        : key.Quick(Remote.Address.High, Remote.Address.Low, Local.Address.High, Local.Address.Low, Ports));

    /// <summary>A number that only a host with that key can tell.</summary>
    /// <param name="key">Of one purpose.</param>
    /// <param name="more">What else the number depends on.</param>
    public ulong Secret(SipHash key, ulong more = 0)
        => key.Strong(Remote.Address.High, Remote.Address.Low, Local.Address.High, Local.Address.Low, Ports, more);

    private ulong V4Addresses => (Remote.Address.Low << 32) | (uint)Local.Address.Low;
}
