namespace TcpLens.Stack;

/// <summary>What one connection and its host count of recovery, as Linux counts it.</summary>
internal struct RecoveryTally(TcpCounters counters)
{
    private bool _isByTimer;

    /// <summary>Segments, as these three; Linux counts them in 32 bits too.</summary>
    public uint Delivered { get; private set; }

    public uint DeliveredWithMark { get; private set; }

    public uint Retransmissions { get; private set; }

    public long OctetsRetransmitted { get; private set; }

    public int DuplicatesReported { get; private set; }

    /// <summary>What is sent again next is so by the retransmission timer itself.</summary>
    public readonly bool IsByTimer => _isByTimer;

    public void OnDelivered(int segments, bool isMarked)
    {
        Delivered += (uint)segments;
        counters.Add(TcpCounter.TCPDelivered, segments);
        if (isMarked)
        {
            DeliveredWithMark += (uint)segments;
            counters.Add(TcpCounter.TCPDeliveredCE, segments);
        }
    }

    public void OnDuplicate(int segments, bool isAcknowledged)
    {
        DuplicatesReported += segments;
        counters.Add(isAcknowledged ? TcpCounter.TCPDSACKRecv : TcpCounter.TCPDSACKOfoRecv);
        counters.Add(TcpCounter.TCPDSACKRecvSegs, segments);
    }

    /// <summary>More is reported than was ever sent twice: the network made it two, or the peer invents it.</summary>
    public readonly void OnDubious() => counters.Add(TcpCounter.TCPDSACKIgnoredDubious);

    public readonly void OnProbe() => counters.Add(TcpCounter.TCPLossProbes);

    /// <summary>RFC 6298 §5.4. What recovery had come to before it is counted once.</summary>
    public void OnTimeout(RecoveryPhase phase, int timeouts, bool hasSack, bool hasSacked)
    {
        _isByTimer = true;
        counters.Add(TcpCounter.TCPTimeouts);
        if (timeouts != 0 || phase == RecoveryPhase.Recovery)
        {
            return;
        }

        if (phase == RecoveryPhase.Loss)
        {
            counters.Add(TcpCounter.TCPLossFailures);
        }
        else if (phase == RecoveryPhase.Disorder || hasSacked)
        {
            counters.Add(hasSack ? TcpCounter.TCPSackFailures : TcpCounter.TCPRenoFailures);
        }
    }

    /// <summary>Sent again, as a probe, by the timer, or by recovery.</summary>
    public void OnRetransmitted(int octets, int segments, bool isSyn)
    {
        Retransmissions += (uint)segments;
        OctetsRetransmitted += octets;
        counters.Add(TcpCounter.RetransSegs, segments);
        if (isSyn)
        {
            counters.Add(TcpCounter.TCPSynRetrans);
        }
    }

    /// <summary>It was recovery; what the timer itself sends again is in TCPTimeouts.</summary>
    public void OnRecovering(RecoveryPhase phase, int segments)
    {
        if (!_isByTimer)
        {
            counters.Add(phase == RecoveryPhase.Loss ? TcpCounter.TCPSlowStartRetrans : TcpCounter.TCPFastRetrans, segments);
        }

        _isByTimer = false;
    }

    public readonly ConnectionStatus Describe(ConnectionStatus status) => status with
    {
        TotalRetransmissions = Retransmissions,
        OctetsRetransmitted = OctetsRetransmitted,
        Delivered = Delivered,
        DeliveredWithCongestionMark = DeliveredWithMark,
        DuplicatesReported = DuplicatesReported,
    };
}
