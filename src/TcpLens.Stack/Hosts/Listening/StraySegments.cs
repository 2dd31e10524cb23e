using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Segments that belong to nobody (RFC 9293 §3.10.7.1): answered with a RST, so many a second.</summary>
internal sealed class StraySegments(ReplyQueue replies, int resetsPerSecond)
{
    private TokenBucket _resets = new(resetsPerSecond);

    public void Answer(in FourTuple tuple, scoped in TcpSegment segment, Instant now)
    {
        if (Resets.TryAnswer(segment, out TcpSegment reset) && _resets.TryTake(now))
        {
            replies.TryAdd(tuple, reset, ConnectionOptions.Default);
        }
    }
}
