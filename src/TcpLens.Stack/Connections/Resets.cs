using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The RST for a segment that no connection explains (RFC 9293 §3.10.7.1, §3.5.2).</summary>
public static class Resets
{
    /// <summary>False for a RST: none is ever answered with another.</summary>
    public static bool TryAnswer(scoped in TcpSegment segment, out TcpSegment reset)
    {
        reset = segment.Has(ControlBits.Ack)
            ? new() { Sequence = segment.Acknowledgment, Bits = ControlBits.Rst }
            : new() { Sequence = new(0), Acknowledgment = segment.End, Bits = ControlBits.Rst | ControlBits.Ack };
        return !segment.Has(ControlBits.Rst);
    }
}
