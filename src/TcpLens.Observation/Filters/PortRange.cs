namespace TcpLens.Observation.Filters;

/// <summary>Ports from <paramref name="Low"/> to <paramref name="High"/>, both included.</summary>
public readonly record struct PortRange(ushort Low, ushort High)
{
    public static readonly PortRange All = new(0, ushort.MaxValue);

    public bool Contains(ushort port) => port >= Low && port <= High;

    public override string ToString() => Low == High ? $"{Low}" : this == All ? "*" : $"{Low}-{High}";
}
