namespace TcpLens.Diagnosis;

/// <summary>Every condition the doctor looks for, in the order of the index of docs/conditions.</summary>
public static class ConditionCatalog
{
    public static IReadOnlyList<Condition> All { get; } =
    [
        // TIME_WAIT and ports
        new TimeWaitVolume(),
        new EphemeralPortExhaustion(),
        new TimeWaitBucketOverflow(),
        new UnsafeSysctl(),

        // The closing side
        new CloseWaitLeak(),
        new DeadFdLeak(),
        new FinWait2Pileup(),
        new OrphanPileup(),
        new OrphanLimit(),

        // The opening side
        new SynSentPileup(),
        new SynRecvPileup(),
        new SynFlood(),
        new AcceptQueueOverflow(),
        new UnacceptedConnections(),

        // Liveness
        new HalfOpenSuspect(),
        new MissingKeepalive(),
        new SlowDeadPeerDetection(),
        new StalledTransmission(),

        // Flow control and throughput
        new StalledReader(),
        new ZeroWindowPeer(),
        new StuckWriter(),
        new ThroughputLimiter(),
        new SlowStartAfterIdle(),
        new Bufferbloat(),

        // Loss, order, integrity
        new RetransmissionRate(),
        new RtoAndTailLoss(),
        new SpuriousRetransmission(),
        new ReorderingDuplication(),
        new MtuBlackhole(),
        new ChecksumErrors(),

        // Resets, refusals, odd segments
        new ResetStormOut(),
        new ResetStormIn(),
        new ConnectionRefused(),
        new ChallengeAcks(),
        new PawsDrops(),

        // Memory and local drops
        new TcpMemoryPressure(),
        new RcvbufPruning(),
        new BacklogDrop(),
        new LocalDrop(),

        // Limits
        new ConntrackFull(),
        new FdExhaustion(),

        // Addresses and ports
        new ExposedListener(),
        new ReuseportImbalance(),
        new PortConflict(),
        new EphemeralListenerOverlap(),
    ];

    /// <summary>A condition by its id in any case; null when there is none.</summary>
    public static Condition? Find(string id) => All.FirstOrDefault(condition => condition.Info.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
