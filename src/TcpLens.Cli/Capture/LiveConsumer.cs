using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Who looks at connections while they are captured. All of it is called by one thread, in the order of the packets.</summary>
internal abstract class LiveConsumer : IConnectionSink
{
    /// <summary>True when it has seen enough: the capture then ends.</summary>
    public virtual bool IsDone => false;

    public virtual bool Wants(long connection) => true;

    /// <summary>Each packet, before it is decoded.</summary>
    public virtual void Packet(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
    }

    public virtual void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
    }

    public virtual void Ended(ConnectionRecord record)
    {
    }

    /// <summary>At least ten times a second.</summary>
    /// <param name="progress">Null before anything was captured.</param>
    public virtual void EndRound(CaptureProgress? progress)
    {
    }
}

/// <summary>Several at once.</summary>
internal sealed class LiveConsumers(params LiveConsumer[] all) : LiveConsumer
{
    public override bool IsDone => Array.Exists(all, static one => one.IsDone);

    public override void Packet(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
        foreach (LiveConsumer one in all)
        {
            one.Packet(timeNanoseconds, captured, originalLength);
        }
    }

    public override void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        foreach (LiveConsumer one in all)
        {
            one.Saw(in segment, payload, in verdict);
        }
    }

    public override void Ended(ConnectionRecord record)
    {
        foreach (LiveConsumer one in all)
        {
            one.Ended(record);
        }
    }

    public override void EndRound(CaptureProgress? progress)
    {
        foreach (LiveConsumer one in all)
        {
            one.EndRound(progress);
        }
    }
}
