using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>
/// Our marks beside tshark's, over every capture: end by end, where either counts any, and packet by packet. docs/marks.md has the
/// figures and explains what is left.
/// </summary>
public sealed class WiresharkMarksTests(WiresharkMarks marks) : IClassFixture<WiresharkMarks>
{
    public static TheoryData<string, SegmentMarks, double> Names => new()
    {
        { "retransmission+out_of_order", SegmentMarks.Retransmission | SegmentMarks.OutOfOrder, 0.99 },
        { "lost_segment", SegmentMarks.GapBefore, 0.995 },
        { "ack_lost_segment", SegmentMarks.AckOfUnseen, 1 },
        { "duplicate_ack", SegmentMarks.DuplicateAck, 1 },
        { "keep_alive", SegmentMarks.KeepAlive, 1 },
        { "keep_alive_ack", SegmentMarks.KeepAliveAck, 1 },
        { "zero_window", SegmentMarks.ZeroWindow, 1 },
        { "zero_window_probe", SegmentMarks.ZeroWindowProbe, 1 },
        { "zero_window_probe_ack", SegmentMarks.ZeroWindowProbeAck, 1 },
        { "window_full", SegmentMarks.WindowFull, 1 },
        { "window_update", SegmentMarks.WindowUpdate, 1 },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_of_every_connection_have_as_many_marks_as_tshark_counts(string name, SegmentMarks mark, double share)
        => marks.ByEnd(name, mark).Hold(share);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_packets_have_the_mark_as_with_tshark(string name, SegmentMarks mark, double share)
        => marks.ByPacket(name, mark).Hold(share);
}
