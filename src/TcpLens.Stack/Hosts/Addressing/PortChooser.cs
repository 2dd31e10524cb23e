namespace TcpLens.Stack;

/// <summary>
/// Ports for connections that do not care which (RFC 6056 §3.3.4, "double-hash port selection"): the way to each peer begins somewhere
/// else and goes on by one, so that a port comes again as late as can be, and one peer cannot tell what another gets.
/// </summary>
internal sealed class PortChooser(SipHash key, ushort first, ushort last)
{
    /// <summary>§3.3.4: "table", more counters tell less; a power of two.</summary>
    private const int Counters = 256;

    private readonly uint[] _counters = new uint[Counters];

    /// <summary>The next port for <paramref name="tuple"/> (its own local port is not looked at) that is not taken; 0 when all are.</summary>
    public ushort Choose(in FourTuple tuple, Func<FourTuple, bool> isTaken)
    {
        FourTuple peer = tuple with { Local = new(tuple.Local.Address, 0) };
        uint offset = (uint)peer.Secret(key, more: 1);
        ref uint counter = ref _counters[peer.Secret(key, more: 2) % Counters];
        uint ports = (uint)(last - first + 1);
        for (uint tried = 0; tried < ports; tried++)
        {
            ushort port = (ushort)(first + (unchecked(offset + counter++) % ports));
            if (!isTaken(tuple with { Local = new(tuple.Local.Address, port) }))
            {
                return port;
            }
        }

        return 0;
    }
}
