using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

public enum Side : byte
{
    Local,
    Remote,
    Either,
}

/// <summary>One of the ports, or either, is in one of the ranges.</summary>
public sealed record PortTest(Side Side, ValueList<PortRange> Ports) : FilterExpression
{
    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => Known((Side != Side.Remote && Contains(entry.Local.Port)) || (Side != Side.Local && Contains(entry.Remote.Port)));

    private protected override string Print()
        => $"{(Side == Side.Local ? "sport" : Side == Side.Remote ? "dport" : "port")} {string.Join(',', Ports)}";

    private bool Contains(ushort port)
    {
        foreach (PortRange range in Ports.Span)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>One of the addresses, or either, is in the network.</summary>
public sealed record HostTest(Side Side, HostNetwork Network) : FilterExpression
{
    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(
        (Side != Side.Remote && Network.Contains(entry.Local.Address, entry.Family))
        || (Side != Side.Local && Network.Contains(entry.Remote.Address, entry.Family)));

    private protected override string Print() => $"{(Side == Side.Local ? "src" : Side == Side.Remote ? "dst" : "addr")} {Network}";
}

public sealed record FamilyTest(IpFamily Family) : FilterExpression
{
    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.Family == Family);

    private protected override string Print() => Family == IpFamily.V4 ? "family v4" : "family v6";
}

/// <summary>The socket is bound to the interface (SO_BINDTODEVICE, or a link-local address); most are bound to none, 0.</summary>
public sealed record DeviceTest(uint Index) : FilterExpression
{
    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.Interface == Index);

    private protected override string Print() => $"dev {Index}";
}

/// <summary>The firewall mark, as far as the mask lets it through, is the given one.</summary>
public sealed record MarkTest(uint Mark, uint Mask) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.Mark;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => entry.Mark is { } mark ? Known((mark & Mask) == Mark) : Truth.Unknown;

    private protected override string Print() => Mask == uint.MaxValue ? $"fwmark 0x{Mark:x}" : $"fwmark 0x{Mark:x}/0x{Mask:x}";
}
