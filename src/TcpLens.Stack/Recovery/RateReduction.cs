namespace TcpLens.Stack;

/// <summary>
/// Proportional rate reduction (RFC 6937, with the reduction bound that RFC 9937 makes the rule): what may be sent while the window
/// shrinks follows what arrives, so that it ends at the threshold after one round trip without a pause.
/// </summary>
internal struct RateReduction
{
    private int _delivered;
    private int _sent;

    /// <summary>The congestion window before (RecoverFS is taken as it, as Linux does); 0: nothing is being reduced.</summary>
    public int From { get; private set; }

    public void Start(int window)
    {
        From = window;
        _delivered = 0;
        _sent = 0;
    }

    public void OnSent(int octets) => _sent += octets;

    /// <summary>The congestion window after an ACK.</summary>
    /// <param name="pipe">Octets in flight.</param>
    /// <param name="threshold">ssthresh.</param>
    /// <param name="delivered">Octets that this ACK tells to have arrived.</param>
    /// <param name="isGood">SND.UNA advanced and nothing more was found lost (RFC 9937 §5, SafeACK).</param>
    /// <param name="segmentSize">Octets.</param>
    public int Window(int pipe, int threshold, int delivered, bool isGood, int segmentSize)
    {
        _delivered += delivered;
        long send;
        if (pipe > threshold)
        {
            long share = ((long)threshold * _delivered) + From - 1;
            send = RoundUp((share / From) - _sent, segmentSize);
        }
        else
        {
            send = Math.Max(_delivered - _sent, delivered) + (isGood ? segmentSize : 0);
            send = Math.Min(threshold - pipe, send);
        }

        // The first retransmission is not held back; and less than a segment would be a window that nothing fits when the pipe is empty (RFC 5681 §3.1, LW).
        return Math.Max(pipe + (int)Math.Max(send, _sent == 0 ? segmentSize : 0), segmentSize);
    }

    private static long RoundUp(long octets, int segmentSize)
        => octets <= 0 ? 0 : (octets + segmentSize - 1) / segmentSize * segmentSize;
}
