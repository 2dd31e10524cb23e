using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// Packets that wait for a wire of a certain rate. Only their lengths and the moments at which their last bits leave are remembered:
/// where a packet waits does not matter, when it leaves does.
/// </summary>
internal sealed class LinkQueue
{
    private readonly Queue<(Instant Leaves, int Octets)> _waiting = new();
    private Instant _free = new(long.MinValue);

    public int Octets { get; private set; }

    public int Packets => _waiting.Count;

    /// <summary>What has left by now does not wait.</summary>
    public void Advance(Instant now)
    {
        while (_waiting.TryPeek(out (Instant Leaves, int Octets) first) && first.Leaves <= now)
        {
            Octets -= first.Octets;
            _waiting.Dequeue();
        }
    }

    /// <summary>Puts a packet at the end; says when its last bit leaves.</summary>
    public Instant Add(int octets, long bitsPerSecond, Instant now)
    {
        Instant begins = _free > now ? _free : now;
        _free = new(begins.Nanoseconds + (long)((Int128)octets * 8 * 1_000_000_000 / bitsPerSecond));
        _waiting.Enqueue((_free, octets));
        Octets += octets;
        return _free;
    }
}
