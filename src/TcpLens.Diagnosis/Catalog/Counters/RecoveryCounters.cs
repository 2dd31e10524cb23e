namespace TcpLens.Diagnosis;

/// <summary>TcpExt: loss, and what only looked like it.</summary>
internal static class RecoveryCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("TcpExt.TCPTimeouts", "Retransmission timers that fired.", "Outages, bursts of loss, flows too thin for anything faster.")
        {
            NotToConfuse = "Each timer of a SYN and SYN+ACK is in it: a flood makes it grow. Subtract TCPSynRetrans.",
            Conditions = ["rto-and-tail-loss", "stalled-transmission"],
        },
        new("TcpExt.TCPLossProbes", "Tail loss probes sent.", "Last segments without an ACK after two round trips; far more of these than of TCPTimeouts is the good case.") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TCPLossProbeRecovery", "Losses that such a probe proved and mended.") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TCPFastRetrans", "Retransmissions outside of the state after a timeout.", "Ordinary loss, mended without a pause; or reordering.") { Conditions = ["retransmission-rate", "reordering-duplication"] },
        new("TcpExt.TCPSlowStartRetrans", "Retransmissions after a timeout.", "Loss that cost a pause.") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TCPLostRetransmit", "Retransmissions that were lost too.", "A queue that drops for long, or a policer.") { Conditions = ["retransmission-rate", "rto-and-tail-loss"] },
        new("TcpExt.TCPRetransFail", "Retransmissions that this host could not hand down: firewall, queue or route.", "Loss made at home.") { Conditions = ["local-drop", "syn-sent-pileup"] },
        new("TcpExt.TCPSpuriousRtxHostQueues", "Retransmissions left out because the original still sits in a queue of this host.", "A device or neighbour that does not take packets: no answer to ARP, a full queue.") { Conditions = ["syn-sent-pileup", "local-drop"] },
        new("TcpExt.TCPRenoRecovery", "Recoveries begun without SACK.", "Peers without SACK."),
        new("TcpExt.TCPSackRecovery", "Recoveries begun with SACK.", "How often loss was met.") { Conditions = ["retransmission-rate"] },
        new("TcpExt.TCPRenoRecoveryFail", "A timeout during a recovery without SACK."),
        new("TcpExt.TCPSackRecoveryFail", "A timeout during a recovery with SACK.", "Recoveries that did not work out.") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TCPRenoFailures", "A timeout while the first duplicate ACKs came, without SACK."),
        new("TcpExt.TCPSackFailures", "The same with SACK.") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TCPLossFailures", "A timeout after a timeout.") { Conditions = ["rto-and-tail-loss", "stalled-transmission"] },
        new("TcpExt.TCPFullUndo", "Slowing down taken back as a whole: nothing had been lost.", "Reordering, or ACKs that were late.") { Conditions = ["spurious-retransmission", "reordering-duplication"] },
        new("TcpExt.TCPPartialUndo", "Slowing down taken back in part.", "As TCPFullUndo.") { Conditions = ["spurious-retransmission", "reordering-duplication"] },
        new("TcpExt.TCPDSACKUndo", "Taken back because D-SACKs proved every retransmission needless.", "As TCPFullUndo.") { Conditions = ["spurious-retransmission"] },
        new("TcpExt.TCPLossUndo", "A timeout taken back: it was a delay and no loss.", "Pauses of the path or of a virtual machine, radio links.") { Conditions = ["spurious-retransmission"] },
        new("TcpExt.TCPSpuriousRTOs", "Timeouts that F-RTO proved needless.", "As TCPLossUndo.")
        {
            NotToConfuse = "It often stays 0 when TCPLossUndo moves: that one is the better sign.",
            Conditions = ["spurious-retransmission"],
        },
        new("TcpExt.TCPSACKReneging", "A receiver took back what it had reported.", "A peer short of memory, or a middlebox that changes numbers.") { Conditions = ["retransmission-rate"] },
        new("TcpExt.TCPSACKDiscard", "SACK blocks that make no sense.", "A middlebox that changes sequence numbers and not these."),
        new("TcpExt.TCPSACKReorder", "Reordering found by SACK.", "Packets overtake each other on the way.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPRenoReorder", "Reordering found by duplicate ACKs.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPTSReorder", "Reordering found by timestamps.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPSackShifted", "Bookkeeping of SACK: segments shifted together."),
        new("TcpExt.TCPSackMerged", "Bookkeeping of SACK: segments merged."),
        new("TcpExt.TCPSackShiftFallback", "Bookkeeping of SACK: neither was possible."),
        new("TcpExt.TCPDSACKOldSent", "Duplicates that came and had long been acknowledged; reported by D-SACK.", "The other side repeats needlessly, or the network doubles packets.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPDSACKOfoSent", "Duplicates of what waits out of order; reported by D-SACK.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPDSACKRecv", "D-SACKs that came: the peer had what this side repeated.", "Needless retransmissions, or a network that doubles packets.") { Conditions = ["spurious-retransmission", "reordering-duplication"] },
        new("TcpExt.TCPDSACKOfoRecv", "The same for what the peer holds out of order.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPDSACKRecvSegs", "Segments that those D-SACKs covered.") { Conditions = ["spurious-retransmission"] },
        new("TcpExt.TCPDSACKIgnoredOld", "D-SACKs without use, because of what had been acknowledged.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPDSACKIgnoredNoUndo", "D-SACKs when there was nothing to take back."),
        new("TcpExt.TCPDSACKIgnoredDubious", "D-SACKs for more than was repeated.", "The network doubles packets.") { Conditions = ["reordering-duplication"] },
        new("TcpExt.TCPOrigDataSent", "Segments with data sent for the first time.", "What rates of loss are to be divided by.") { Conditions = ["retransmission-rate"] },
        new("TcpExt.TCPDelivered", "Segments that reached the peer."),
        new("TcpExt.TCPDeliveredCE", "Those that met a congestion mark.", "Routers mark instead of dropping.") { Conditions = ["bufferbloat"] },
        new("TcpExt.TcpTimeoutRehash", "After a timeout the flow took another hash, and perhaps another path.", "") { Conditions = ["rto-and-tail-loss"] },
        new("TcpExt.TcpDuplicateDataRehash", "The same, after the peer repeated what was there."),
        new("TcpExt.TCPPLBRehash", "The same, by protective load balancing.") { OnlyWhere = "Linux is 6.2 or newer" },
        new("TcpExt.TCPHystartTrainDetect", "CUBIC left slow start because ACKs came in long trains."),
        new("TcpExt.TCPHystartTrainCwnd", "Sum of the windows at those moments.") { Unit = "segments" },
        new("TcpExt.TCPHystartDelayDetect", "CUBIC left slow start because the delay grew."),
        new("TcpExt.TCPHystartDelayCwnd", "Sum of the windows at those moments.") { Unit = "segments" },
        new("TcpExt.TCPMTUPSuccess", "Probes of a larger size that got through.") { NotToConfuse = "Only probes count: falling back to small segments in a black hole counts neither here nor in TCPMTUPFail.", Conditions = ["mtu-blackhole"] },
        new("TcpExt.TCPMTUPFail", "Probes of a larger size that were lost.") { Conditions = ["mtu-blackhole"] },
    ];
}
