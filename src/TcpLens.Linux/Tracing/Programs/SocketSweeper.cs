using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Makes room in the table of sockets. What is remembered of a socket that ended stays there for the next one at its address, so that a
/// table that was full once would stay full; whoever reads what the programs tell takes the dead away then.
/// </summary>
internal sealed class SocketSweeper(TracePlan plan)
{
    /// <summary>A million entries take a tenth of a second: at most a fiftieth of the time is spent so.</summary>
    private const int Share = 50;

    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    /// <summary>A mini-socket lives for 60 s, and longer only if segments come for it; of some the end is never seen.</summary>
    private static readonly TimeSpan LongestMiniSocket = TimeSpan.FromMinutes(5);

    private readonly ulong[] _refused = new ulong[NoRoomPlace.Length / sizeof(ulong)];
    private ulong _swept;
    private Instant _next;

    /// <summary>How often a socket found no room in the table.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public ulong Refused
    {
        get
        {
            plan.NoRoom.Read(_refused);
            return _refused[NoRoomPlace.Sockets / sizeof(ulong)];
        }
    }

    /// <summary>Sweeps if one found no room since the last time, and that was not just now.</summary>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    public void SweepIfFull(Instant now)
    {
        if (now < _next)
        {
            return;
        }

        _next = now + LeastPause;
        if (Refused is var refused && refused != _swept)
        {
            _swept = refused;
            plan.Sockets.RemoveWhere(TracedSocket.Length, memory => IsDead(memory, now));
            Instant rested = now + (Share * (MonotonicClock.Now() - now));
            _next = rested > _next ? rested : _next;
        }
    }

    private static bool IsDead(ReadOnlySpan<byte> memory, Instant now)
    {
        ulong since = BinaryPrimitives.ReadUInt64LittleEndian(memory[TracedSocket.Since..]);
        bool isMiniSocket = BinaryPrimitives.ReadUInt32LittleEndian(memory[TracedSocket.State..]) != 0;
        return since == 0 || (isMiniSocket && now - new Instant((long)since) > LongestMiniSocket);
    }
}
