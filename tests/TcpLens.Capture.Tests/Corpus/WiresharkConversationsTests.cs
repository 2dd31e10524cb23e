using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>
/// Conversations made up at random, full of gaps, old octets, closed windows, probes and RSTs, with the marks that tshark gives: rare marks
/// and their neighbours, of which the captures of real networks have few.
/// </summary>
public sealed class WiresharkConversationsTests
{
    private const SegmentMarks Known = SequenceJudge.OldOctets | SegmentMarks.Spurious | SegmentMarks.GapBefore | SegmentMarks.AckOfUnseen
        | SegmentMarks.DuplicateAck | SegmentMarks.KeepAlive | SegmentMarks.KeepAliveAck | SegmentMarks.ZeroWindow | SegmentMarks.ZeroWindowProbe
        | SegmentMarks.ZeroWindowProbeAck | SegmentMarks.WindowFull | SegmentMarks.WindowUpdate;

    [Fact]
    public void Every_segment_gets_the_marks_that_tshark_gives()
    {
        string[] conversations = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Corpus", "tshark-conversations.txt")).Split("\n\n");
        Assert.True(conversations.Length > 50);
        foreach (string conversation in conversations)
        {
            SequenceTrace.Of(conversation, Known);
        }
    }
}
