namespace TcpLens.Diagnosis;

/// <summary>TcpExt: receiving, buffers and memory.</summary>
internal static class ReceiveCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("TcpExt.PruneCalled", "A receive buffer was over its limit or memory was refused, and room had to be made.", "Slow readers, tiny segments, short memory.") { Conditions = ["rcvbuf-pruning", "tcp-memory-pressure"] },
        new("TcpExt.TCPRcvCollapsed", "Segments copied together to save memory.", "Processor time spent for want of room.") { Conditions = ["rcvbuf-pruning"] },
        new("TcpExt.OfoPruned", "The queue of what came out of order was thrown away; the peer has to send it again.", "Receive buffers too small for the path, or short memory.") { Conditions = ["rcvbuf-pruning"] },
        new("TcpExt.RcvPruned", "A segment was refused though room had been made.", "Data thrown away.") { Conditions = ["rcvbuf-pruning"] },
        new("TcpExt.TCPRcvQDrop", "A segment in order was dropped because memory was refused.", "While TCPMemoryPressures stands still: the limit of a container.") { Conditions = ["tcp-memory-pressure", "stalled-reader"] },
        new("TcpExt.TCPZeroWindowDrop", "Data that came while the window was closed.", "A program that does not read, and a peer that goes on.") { Conditions = ["stalled-reader"] },
        new("TcpExt.TCPOFOQueue", "Segments that came out of order and wait.", "Loss or reordering on the way to this host.") { Conditions = ["reordering-duplication", "retransmission-rate"] },
        new("TcpExt.TCPOFODrop", "Segments out of order that found no room.") { Conditions = ["rcvbuf-pruning"] },
        new("TcpExt.TCPOFOMerge", "Segments out of order that overlapped others.", "Retransmissions of other cuts than the first time."),
        new("TcpExt.TCPBacklogDrop", "Segments for a socket that was locked for too long.", "A task holds the socket's lock: a page fault, a huge call, a throttled processor.") { Conditions = ["backlog-drop"] },
        new("TcpExt.TCPBacklogCoalesce", "Segments put together while they waited for a locked socket."),
        new("TcpExt.TCPRcvCoalesce", "Segments put together in the receive queue. Normal."),
        new("TcpExt.TCPToZeroWindowAdv", "This side closed its window.", "A program does not read fast enough.") { Conditions = ["stalled-reader"] },
        new("TcpExt.TCPFromZeroWindowAdv", "This side opened its window again.") { Conditions = ["stalled-reader"] },
        new("TcpExt.TCPWantZeroWindowAdv", "This side would have closed its window, and may not take back what it had announced.") { Conditions = ["stalled-reader"] },
        new("TcpExt.TCPMemoryPressures", "Times that TCP's memory went over the second number of tcp_mem.", "Buffers shrink on the whole host.") { Conditions = ["tcp-memory-pressure"] },
        new("TcpExt.TCPMemoryPressuresChrono", "How long it stayed there.") { Unit = "ms", Conditions = ["tcp-memory-pressure"] },
        new("TcpExt.TCPWqueueTooBig", "A send queue grew beyond twice its buffer, and was not cut further.", "Peers that ask for tiny segments: an attack known since 2019, or a very small SO_SNDBUF.") { Conditions = ["stuck-writer"] },
        new("TcpExt.PFMemallocDrop", "A packet in memory of the emergency reserve, for a socket that may not use it.", "The host is out of memory.") { Conditions = ["tcp-memory-pressure"] },
        new("TcpExt.TCPAutoCorking", "Small writes that waited for each other (tcp_autocorking). Normal."),
        new("TcpExt.TCPAckCompressed", "ACKs put together (tcp_comp_sack_nr). Normal."),
        new("TcpExt.DelayedACKs", "ACKs sent by the timer of delayed ACKs. Normal."),
        new("TcpExt.DelayedACKLocked", "That timer met a locked socket.", "Many: see TCPBacklogDrop."),
        new("TcpExt.DelayedACKLost", "Data came a second time while an ACK was held back.", "ACKs are lost on the way, or the peer repeats too early.") { Conditions = ["spurious-retransmission"] },
        new("TcpExt.TCPHPHits", "Segments that took the fast path. Normal."),
        new("TcpExt.TCPPureAcks", "ACKs without data that took the slow path. Normal."),
        new("TcpExt.TCPHPAcks", "ACKs that took the fast path. Normal."),
        new("TcpExt.BusyPollRxPackets", "Packets that busy polling fetched."),
    ];
}
