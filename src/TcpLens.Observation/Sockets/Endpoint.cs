namespace TcpLens.Observation;

/// <summary>One end of a connection: an address and a port (host order; 0 where there is none yet).</summary>
public readonly record struct Endpoint(HostAddress Address, ushort Port)
{
    public override string ToString() => Address.IsV4Mapped ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
