namespace TcpLens.Stack;

/// <summary>
/// F-RTO: after a timeout's first ACK new data is sent instead of old, and the next ACK says whether the timeout was needed (RFC 5682 §2.1 and,
/// with SACK, §3.1).
/// </summary>
internal struct ForwardRecovery
{
    private bool _isTried;

    /// <summary>What new data will show is waited for (step 2b): it goes before anything that is sent again.</summary>
    public bool PrefersNewData { get; private set; }

    /// <summary>A timeout (step 1).</summary>
    public void OnTimeout(bool isTried) => (_isTried, PrefersNewData) = (isTried, false);

    public void OnSent() => PrefersNewData = false;

    /// <summary>Something was sent again that no timer asked for: what arrives from here on proves nothing of the first transmission (step 2a).</summary>
    public void OnRetransmitted() => (_isTried, PrefersNewData) = (false, false);

    /// <summary>
    /// What was sent only once has arrived: the timeout was spurious (step 3b). Without SACK an ACK that also covers what was sent again does not
    /// tell: the rest may have waited behind that hole, and §2.1 asks for two ACKs.
    /// </summary>
    public readonly bool IsSpurious(in Delivery delivery, bool hasSack)
        => _isTried && delivery.HasOriginal && (hasSack || !delivery.HasRetransmitted);

    /// <summary>An ACK that proves nothing yet. True when new data is to be sent to find out (step 2b).</summary>
    /// <param name="delivery">What the ACK delivered.</param>
    /// <param name="isDuplicate">By RFC 5681 §2.</param>
    /// <param name="hasSentNew">Something was sent beyond what was in flight at the timeout.</param>
    /// <param name="isOver">All that was in flight at the timeout is acknowledged.</param>
    public bool AsksForNewData(in Delivery delivery, bool isDuplicate, bool hasSentNew, bool isOver)
    {
        if (_isTried && hasSentNew)
        {
            _isTried = !delivery.HasSacked && !isDuplicate;
            return false;
        }

        bool asks = _isTried && delivery.Advances && !isOver;
        PrefersNewData |= asks;
        return asks;
    }
}
