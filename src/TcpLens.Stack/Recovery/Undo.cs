using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// What is needed to take a reduction back that turns out to have been for nothing: every retransmission since was reported as a duplicate
/// (RFC 3708's idea), or the timestamp that came back is older than the first of them (Eifel, RFC 3522 and 4015).
/// </summary>
internal struct Undo
{
    /// <summary>A timestamp tells the time to a millisecond (RFC 7323 §5.4).</summary>
    public const int EchoGrain = 1_000;
    private const int NothingSentAgain = -1;

    private int _sentAgain;
    private Instant _firstSentAgainAt;

    private SeqNum _since;
    private bool _isPossible;

    /// <summary>The threshold before; 0: it must not be taken back (ECN said so).</summary>
    public int Threshold { get; private set; }

    public int Window { get; private set; }

    /// <summary>All that was sent again arrived twice.</summary>
    public readonly bool IsAllDuplicate => _isPossible && _sentAgain == 0;

    public void Start(SeqNum unacknowledged, int retransmitted, int window, int threshold)
    {
        (_since, Window, Threshold, _isPossible) = (unacknowledged, window, threshold, true);
        _sentAgain = retransmitted == 0 ? NothingSentAgain : retransmitted;
        if (retransmitted == 0)
        {
            _firstSentAgainAt = Instant.Never;
        }
    }

    public void OnRetransmitted(int octets, Instant now)
    {
        _sentAgain = Math.Max(_sentAgain, 0) + octets;
        if (_firstSentAgainAt == Instant.Never || _firstSentAgainAt == default)
        {
            _firstSentAgainAt = now;
        }
    }

    public void OnDuplicateReported(SeqNum end, int octets)
    {
        if (_isPossible && _sentAgain > 0 && end.IsAfter(_since))
        {
            _sentAgain = Math.Max(_sentAgain - octets, 0);
        }
    }

    /// <summary>The ACK was caused by a segment that was sent before anything was sent again.</summary>
    public readonly bool IsByOriginal(Instant? echoedSentAt)
        => _isPossible && _firstSentAgainAt != Instant.Never && echoedSentAt is { } sentAt && sentAt.AddMicroseconds(EchoGrain) <= _firstSentAgainAt;

    public void Forbid() => Threshold = 0;

    /// <summary>Nothing that was sent again is in flight any more: an old timestamp says nothing.</summary>
    public void ForgetTimes() => _firstSentAgainAt = Instant.Never;

    public void End()
    {
        _isPossible = false;
        _firstSentAgainAt = Instant.Never;
    }
}
