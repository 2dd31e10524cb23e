using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Everything that is remembered of one live connection, in one place of one array: no object per connection. Each part is kept by
/// the class that understands it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ConnectionSlot
{
    /// <summary>Originator's address and port first.</summary>
    public ConnectionKey Key;

    /// <summary>The next slot in the same bucket of the table, and the neighbours in its line; 0 for none.</summary>
    public int NextInBucket;
    public int Older;
    public int Newer;

    /// <summary>From 1, in the order of first segments.</summary>
    public long Number;

    public long FirstNanoseconds;
    public long LastNanoseconds;

    /// <summary>When it was last put at the end of its line, in whole seconds since the Unix epoch, modulo 2^32.</summary>
    public uint MovedSeconds;

    /// <summary>True when its segments are to be shown one by one.</summary>
    public bool IsWanted;

    /// <summary>True when it is over, and kept only for segments that come late.</summary>
    public bool HasEnded;

    public EndSlots Ends;

    /// <summary>What both ends share: the handshake's times, who opened, who closed.</summary>
    public ConnectionTrack Track;
}

/// <summary>What is remembered of each end: what it sent.</summary>
internal struct EndSlot
{
    public EndCounts Counts;
    public SequenceState Sequence;
    public LossState Loss;

    /// <summary>Where this end's marks are counted; 0 while it has none, which is what most connections stay at.</summary>
    public int MarkCounts;
}

[InlineArray(2)]
internal struct EndSlots
{
    private EndSlot _originator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref EndSlot Of(ref EndSlots slots, ConnectionEnd end) => ref slots[(int)end & 1];
}
