namespace TcpLens.Simulation;

/// <summary>Packets that a node wants to send, in order, in buffers that are used again.</summary>
public sealed class OutgoingPackets
{
    /// <summary>What comes to more than so many is dropped: no node here needs more between two calls.</summary>
    public const int MaxPackets = 4096;

    private readonly Queue<(byte[] Octets, int Length, int Port)> _waiting = new();
    private readonly Stack<byte[]> _idle = new();

    /// <summary>Packets that found no room.</summary>
    public long Dropped { get; private set; }

    public void Add(int port, ReadOnlySpan<byte> packet)
    {
        if (_waiting.Count == MaxPackets)
        {
            Dropped++;
            return;
        }

        byte[] octets = _idle.TryPop(out byte[]? idle) && idle.Length >= packet.Length ? idle : new byte[Math.Max(packet.Length, 2048)];
        packet.CopyTo(octets);
        _waiting.Enqueue((octets, packet.Length, port));
    }

    public bool TryTake(Span<byte> into, out int length, out int port)
    {
        if (!_waiting.TryDequeue(out (byte[] Octets, int Length, int Port) first))
        {
            (length, port) = (0, 0);
            return false;
        }

        (length, port) = (first.Length, first.Port);
        first.Octets.AsSpan(0, length).CopyTo(into);
        _idle.Push(first.Octets);
        return true;
    }
}
