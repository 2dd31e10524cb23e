using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What <see cref="StateFollower"/> remembers of a connection: both ends' states, the steps, the letters.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ConnectionTrack
{
    public StateTimeline Steps;
    public HistoryLetters Letters;
    public EndTracks Ends;
}

/// <summary>What is remembered of one end's stream for the sake of states and letters.</summary>
internal struct EndTrack
{
    /// <summary>Its initial sequence number, or the number before the first that was seen.</summary>
    public SeqNum Start;

    /// <summary>The first number after the highest that it sent.</summary>
    public SeqNum Highest;

    /// <summary>How far the other end acknowledged it.</summary>
    public SeqNum Acknowledged;

    /// <summary>The number that its last FIN takes.</summary>
    public SeqNum FinAt;

    public EndFacts Facts;
    public OnceLetters Once;
    private byte _zeek;

    public readonly ZeekState Zeek => (ZeekState)(_zeek & 15);

    public readonly ZeekState ZeekBefore => (ZeekState)(_zeek >> 4);

    public void Turn(ZeekState next)
    {
        if (next != Zeek)
        {
            _zeek = (byte)((byte)next | (_zeek << 4));
        }
    }

    public readonly bool Has(EndFacts wanted) => (Facts & wanted) == wanted;

    public readonly bool HasAny(EndFacts wanted) => (Facts & wanted) != EndFacts.None;
}

/// <summary>What one end has done so far.</summary>
[Flags]
internal enum EndFacts : ushort
{
    None = 0,
    SentSyn = 1,
    SentSynAck = 2,
    SentFin = 4,

    /// <summary>A RST that its receiver obeys.</summary>
    SentReset = 8,
    SentData = 16,
    SentAck = 32,
    SynAcknowledged = 64,
    FinAcknowledged = 128,

    /// <summary>Its FIN acknowledged the other end's FIN.</summary>
    FinAcksFin = 256,

    /// <summary>Octets of its stream are missing below the highest seen; the ledger knows which.</summary>
    HasHole = 512,

    /// <summary>Its numbers are known, from its own segments or from what the other end acknowledges.</summary>
    IsPlaced = 1024,

    /// <summary>It sent a segment that a TCP sends, whichever.</summary>
    Spoke = 2048,

    /// <summary>It sent the first FIN or RST of the two.</summary>
    ClosedFirst = 4096,

    /// <summary>Both ends are known to be ESTABLISHED, and nothing is missing: its next segment is most likely one that changes nothing.</summary>
    IsCalm = 8192,
}

[InlineArray(2)]
internal struct EndTracks
{
    private EndTrack _originator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref EndTrack Of(ref EndTracks tracks, ConnectionEnd end) => ref tracks[(int)end & 1];
}
