using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Two who want to know; each gets the segments of the connections that it asked for.</summary>
internal sealed class SinkPair(IConnectionSink first, IConnectionSink second) : IConnectionSink
{
    /// <summary>Who wanted what; connections that nobody wanted are not in it.</summary>
    private readonly Dictionary<long, (bool First, bool Second)> _wanted = [];

    public bool Wants(long connection)
    {
        (bool First, bool Second) wanted = (first.Wants(connection), second.Wants(connection));
        if (!wanted.First && !wanted.Second)
        {
            return false;
        }

        _wanted.Add(connection, wanted);
        return true;
    }

    public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        (bool isFirst, bool isSecond) = _wanted[verdict.Connection];
        if (isFirst)
        {
            first.Saw(in segment, payload, in verdict);
        }

        if (isSecond)
        {
            second.Saw(in segment, payload, in verdict);
        }
    }

    public void Ended(ConnectionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _wanted.Remove(record.Number);
        first.Ended(record);
        second.Ended(record);
    }
}
