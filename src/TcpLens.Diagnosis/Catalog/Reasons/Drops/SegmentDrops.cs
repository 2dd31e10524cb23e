using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Segments that a connection refused: numbers, timestamps and flags that do not fit (net/ipv4/tcp_input.c).</summary>
internal static class SegmentDrops
{
    public static readonly ReasonPage[] Pages =
    [
        new("TCP_OLD_DATA", Info, "data received before", "All of it is here already. The sender repeated it needlessly, because the acknowledgment was late or lost, or the network delivered it twice. The receiver says so with a D-SACK.")
        {
            SeeAlso = ["DelayedACKLost", "TCPDSACKOldSent"],
            Conditions = ["spurious-retransmission", "reordering-duplication"],
        },
        new("TCP_OFOMERGE", Info, "data in the out-of-order queue already", "It came before, ahead of a hole that is not filled yet.") { SeeAlso = ["TCPOFOMerge"], Conditions = ["reordering-duplication"] },
        new("TCP_OFO_DROP", Info, "out-of-order data overtaken", "It waited in the out-of-order queue, and what filled the hole brought it along.") { SeeAlso = ["TCPOFOQueue"] },
        new("TCP_OLD_SEQUENCE", Info, "before our window", "It ends before what was acknowledged last: a duplicate, or a keep-alive or window probe, which are made so on purpose. An ACK answers it.") { SeeAlso = ["TCPACKSkippedSeq", "TCPKeepAlive"] },
        new("TCP_OLD_ACK", Info, "ACK already known", "It acknowledges less than an earlier one did: segments overtook each other. At the end of a handshake an RST answers it."),
        new("TCP_TOO_OLD_ACK", Notice, "ACK far too old", "It acknowledges what lies more than a window back (RFC 5961 5.2): forged, or left over from an earlier connection. A challenge ACK answers it.") { SeeAlso = ["TCPChallengeACK"], Conditions = ["challenge-acks"] },
        new("TCP_ACK_UNSENT_DATA", Notice, "ACK of data never sent", "It acknowledges what this end has not sent yet: forged, or the peer means another connection with the same ports. A challenge ACK answers it.") { SeeAlso = ["TCPChallengeACK"], Conditions = ["challenge-acks"] },
        new("TCP_INVALID_ACK_SEQUENCE", Notice, "answers a SYN never sent", "In SYN-SENT an ACK came for another sequence number than the SYN's: the peer still has an older connection with these ports. An RST answers it, and then the SYN is sent again.")
        {
            SeeAlso = ["syn-sent"],
            Conditions = ["half-open-suspect"],
        },
        new("TCP_INVALID_SEQUENCE", Notice, "beyond our window", "It begins beyond the window that was announced: forged, or from another connection with the same ports. An ACK answers it.") { SeeAlso = ["BeyondWindow"], Conditions = ["challenge-acks"] },
        new("TCP_INVALID_END_SEQUENCE", Notice, "reaches beyond our window", "It begins inside the announced window and ends outside: the sender does not keep to it, or the window was taken back.") { SeeAlso = ["BeyondWindow"] },
        new("TCP_OVERWINDOW", Notice, "data beyond our window", "Its data lies beyond the window that was announced; for the last segment of a handshake, outside of what the request allows.") { SeeAlso = ["BeyondWindow"] },
        new("TCP_ZEROWINDOW", Notice, "our receive window is closed", "The process does not read, the window is 0, and the peer sent data all the same: most often a probe whether it is open again. Nothing is lost, it is sent again.")
        {
            SeeAlso = ["TCPZeroWindowDrop", "TCPToZeroWindowAdv"],
            Conditions = ["stalled-reader"],
        },
        new("TCP_OFO_QUEUE_PRUNE", Warning, "out-of-order queue emptied, memory short", "What had come ahead of a hole was thrown away to keep the receive buffer within its limit, and has to be sent again although it was announced by SACK.") { SeeAlso = ["OfoPruned", "tcp_rmem"], Conditions = ["rcvbuf-pruning", "tcp-memory-pressure"] },
        new("TCP_CSUM", Warning, "bad TCP checksum", "The segment was damaged on the way, or something on it computes checksums wrongly. To the sender it is lost, and is sent again.")
        {
            Advice = "Between virtual machines and containers of one host an offload that is half done is more likely than damage: ethtool -K DEVICE tx off shows which.",
            SeeAlso = ["Tcp.InCsumErrors"],
            Conditions = ["checksum-errors"],
        },
        new("TCP_FLAGS", Notice, "flags that fit nothing", "No SYN, ACK or RST in a segment of a connection, SYN with FIN, or to a listener an ACK that belongs to no handshake, which an RST answers. Scanners; or a peer that goes on with a connection this machine has forgotten.")
        {
            SeeAlso = ["SYN+FIN", "Tcp.OutRsts"],
            Conditions = ["reset-storm-out"],
        },
        new("TCP_RESET", Notice, "RST that does not fit", "An RST to a listener or without the ACK that a SYN-SENT wants, or inside the window but not at its edge; the last is asked for again by a challenge ACK (RFC 5961 3.2), so that nobody can end connections by guessing.") { SeeAlso = ["TCPChallengeACK"], Conditions = ["challenge-acks"] },
        new("TCP_INVALID_SYN", Notice, "SYN inside a connection", "The peer has restarted and takes the same port again, or the last ACK of the handshake was lost and its SYN-ACK is repeated, or it is forged. A challenge ACK answers it (RFC 5961 4.2).")
        {
            SeeAlso = ["TCPSYNChallenge"],
            Conditions = ["challenge-acks"],
        },
        new("TCP_RFC7323_PAWS", Notice, "timestamp older than one seen before", "PAWS takes it for an old duplicate (RFC 7323 5). When it is not: several hosts or a balancer with clocks of their own behind one address, or a peer that restarted.")
        {
            SeeAlso = ["PAWSEstab", "PAWSActive", "tcp_timestamps"],
            Conditions = ["paws-drops"],
        },
        new("TCP_RFC7323_PAWS_ACK", Info, "old bare ACK (PAWS)", "A later segment overtook this ACK. Usual where packets change their order; no answer.") { SeeAlso = ["PAWSOldAck"], Conditions = ["reordering-duplication"] },
        new("TCP_RFC7323_TW_PAWS", Notice, "timestamp older than the TIME-WAIT's", "A segment came for a connection in TIME-WAIT with a timestamp from before its end. When it is a SYN, a client behind the same address has a clock of its own, and its connect has to wait.")
        {
            SeeAlso = ["PAWSTimewait", "time-wait"],
            Conditions = ["paws-drops", "time-wait-volume"],
        },
        new("TCP_RFC7323_TSECR", Notice, "echoes a timestamp never sent", "The last segment of a handshake returns another timestamp than the SYN-ACK had: forged, or changed on the way.") { SeeAlso = ["TSEcrRejected"], Conditions = ["paws-drops"] },
        new("TCP_MINTTL", Notice, "TTL below the socket's minimum", "The socket asks for a least TTL (IP_MINTTL, RFC 5082), as BGP daemons do, and the packet came from farther away.") { SeeAlso = ["TCPMinTTLDrop"] },
    ];
}
