namespace TcpLens.Diagnosis;

/// <summary>
/// The ids of the conditions that pages of the catalogue point to. An id is never reused; docs/conditions/ID.md is its page.
/// </summary>
public static class ConditionIds
{
    public static IReadOnlyList<string> All { get; } =
    [
        "time-wait-volume", "ephemeral-port-exhaustion", "time-wait-bucket-overflow", "unsafe-sysctl",
        "close-wait-leak", "dead-fd-leak", "fin-wait2-pileup", "orphan-pileup", "orphan-limit",
        "syn-sent-pileup", "syn-recv-pileup", "syn-flood", "accept-queue-overflow", "unaccepted-connections",
        "half-open-suspect", "missing-keepalive", "slow-dead-peer-detection", "stalled-transmission",
        "stalled-reader", "zero-window-peer", "stuck-writer", "throughput-limiter", "slow-start-after-idle", "bufferbloat",
        "retransmission-rate", "rto-and-tail-loss", "spurious-retransmission", "reordering-duplication", "mtu-blackhole", "checksum-errors",
        "reset-storm-out", "reset-storm-in", "connection-refused", "challenge-acks", "paws-drops",
        "tcp-memory-pressure", "rcvbuf-pruning", "backlog-drop", "local-drop",
        "conntrack-full", "fd-exhaustion", "exposed-listener", "reuseport-imbalance", "port-conflict", "ephemeral-listener-overlap",
    ];
}
