using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>A retransmission, and what is known of its sender and its way when it passes.</summary>
internal readonly ref struct Resending(ref readonly CapturedSegment segment, Resent before, ref readonly LossState sender, NetworkPath path)
{
    public readonly ref readonly CapturedSegment Segment = ref segment;
    public readonly ref readonly LossState Sender = ref sender;
    public readonly NetworkPath Path = path;

    /// <summary>What is remembered of the time before.</summary>
    public readonly Resent Before = before;

    /// <summary>Octets that its sender puts into one segment.</summary>
    public required uint SegmentSize { get; init; }

    /// <summary>True when both ends agreed on SACK, without which nobody sends probes.</summary>
    public required bool MaySack { get; init; }

    public long Now => Segment.TimeNanoseconds;

    /// <summary>A SYN, or a FIN without octets.</summary>
    public bool IsControl => Segment.HasAny(ControlBits.Syn) || Segment.PayloadLength == 0;

    /// <summary>True when it ends where everything sent so far does.</summary>
    public bool IsTail => Segment.EndSequence == Sender.Highest;

    /// <summary>The sender's timer, as an observer can follow it.</summary>
    public bool TimerRuns => Sender.TimerStarted != 0;

    /// <summary>Nanoseconds since the timer was started, and what it was started with.</summary>
    public float Elapsed => Now - Sender.TimerStarted;

    public float Timeout => Path.Timeout(Sender.Backoff);

    public bool IsTimerOver => TimerRuns && Elapsed >= Timeout;
}
