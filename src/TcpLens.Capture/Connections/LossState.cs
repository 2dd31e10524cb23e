using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// What <see cref="LossJudge"/> remembers of one end: the segments it has under way, and how long they take. What only a loss makes
/// necessary is in a <see cref="RecoveryState"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LossState
{
    /// <summary>A segment that an interface cuts into packets takes as many identifications, and packets lost before here took theirs.</summary>
    private const int LargestStep = 256;

    /// <summary>When its retransmission timer was last started, in nanoseconds since the epoch; 0 while it is off (RFC 6298 §5).</summary>
    public long TimerStarted;

    public RoundTrips RoundTrips;

    /// <summary>The last of its outstanding segments, whose next is the first; 0 for none.</summary>
    public int LastOutstanding;

    /// <summary>The outstanding segment that was last searched for; 0 for none.</summary>
    public int NearOutstanding;

    /// <summary>Its <see cref="RecoveryState"/>; 0 while nothing unusual happened.</summary>
    public int Recovery;

    /// <summary>The first sequence number after all that it was seen to send.</summary>
    public SeqNum Highest;

    /// <summary>What the other end acknowledged.</summary>
    public SeqNum Acknowledged;

    /// <summary>The newest timestamp it sent.</summary>
    public uint TimestampValue;

    /// <summary>From its SYN to the acknowledgment of it, in units of 100 ns; 0 when unknown.</summary>
    private uint _handshakeTicks;

    public ushort OutstandingCount;

    /// <summary>IPv4 identification of the segment that reached <see cref="Highest"/>.</summary>
    public ushort Identification;

    /// <summary>How often its timer was doubled since the last measured round trip (RFC 6298 §5.5).</summary>
    public byte Backoff;
    public LossTraits Traits;

    /// <summary>From its SYN to the acknowledgment of it; null when either was not seen, or the SYN was sent again.</summary>
    public TimeSpan? Handshake
    {
        readonly get => _handshakeTicks == 0 ? null : new(_handshakeTicks);
        set => _handshakeTicks = (uint)Math.Clamp(value?.Ticks ?? 0, 0, uint.MaxValue);
    }

    /// <summary>Remembers the identification of a segment with new octets, and whether it is the next ones' of its sender's.</summary>
    public void NoteIdentification(in CapturedSegment segment)
    {
        ushort step = (ushort)(segment.IpIdentification - Identification);
        Traits = step is > 0 and <= LargestStep ? Traits | LossTraits.CountsPackets : Traits & ~LossTraits.CountsPackets;
        Identification = segment.IpIdentification;
    }

    public readonly bool Has(LossTraits traits) => (Traits & traits) != LossTraits.None;

    /// <summary>True when all octets before a number were acknowledged.</summary>
    public readonly bool IsAcknowledged(SeqNum end) => Has(LossTraits.WasAcknowledged) && !end.IsAfter(Acknowledged);
}

[Flags]
internal enum LossTraits : byte
{
    None = 0,

    /// <summary>It sent something that takes sequence numbers: <see cref="LossState.Highest"/> is known.</summary>
    HasSent = 1,

    /// <summary><see cref="LossState.Acknowledged"/> is known.</summary>
    WasAcknowledged = 2,

    /// <summary>Its segments carry timestamps.</summary>
    UsesTimestamps = 4,

    /// <summary>It was sent SACK blocks.</summary>
    ReceivesSack = 8,

    /// <summary>Its IPv4 identifications rise from packet to packet, as those of Linux do for each connection.</summary>
    CountsPackets = 16,
}
