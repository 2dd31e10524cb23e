namespace TcpLens.Diagnosis;

/// <summary>TcpExt: segments that do not fit, and probes.</summary>
internal static class ValidationCounters
{
    private const string After612 = "Linux is newer than 6.12";
    private const string From67 = "Linux is 6.7 or newer";

    public static readonly CounterPage[] Pages =
    [
        new("TcpExt.TCPChallengeACK", "Challenge ACKs sent (RFC 5961): a RST, SYN or ACK came that does not fit exactly.", "Rebooted clients, reused ports, middleboxes out of step, or someone who guesses.") { Conditions = ["challenge-acks"] },
        new("TcpExt.TCPSYNChallenge", "SYNs that reached a connection that stands.", "At a server: clients that rebooted and use the same port. At a client: a server that repeats its SYN+ACK because it did not get, or did not take, the last ACK.") { Conditions = ["challenge-acks", "half-open-suspect", "accept-queue-overflow"] },
        new("TcpExt.TCPACKSkippedSynRecv", "An answer to a half-open request left out, because one went a moment ago.") { Conditions = ["challenge-acks"] },
        new("TcpExt.TCPACKSkippedPAWS", "An answer to an old timestamp left out, because one went a moment ago.") { Conditions = ["paws-drops"] },
        new("TcpExt.TCPACKSkippedSeq", "An answer to a segment outside of the window left out, because one went a moment ago.", "A loop of ACKs between two ends that disagree.") { Conditions = ["challenge-acks"] },
        new("TcpExt.TCPACKSkippedFinWait2", "The same in FIN-WAIT-2."),
        new("TcpExt.TCPACKSkippedTimeWait", "The same in TIME-WAIT."),
        new("TcpExt.TCPACKSkippedChallenge", "A challenge ACK left out, because one went a moment ago.") { Conditions = ["challenge-acks"] },
        new("TcpExt.PAWSEstab", "Segments of a connection dropped because their timestamp is old.", "Late duplicates after delays are normal in small numbers; many: a middlebox that changes timestamps.") { Conditions = ["paws-drops"] },
        new("TcpExt.PAWSActive", "SYN+ACKs refused because of their timestamp.", "A server, or something before it, that echoes the wrong one.") { Conditions = ["paws-drops"] },
        new("TcpExt.PAWSTimewait", "Segments dropped in TIME-WAIT because their timestamp is old.", "Clients behind one NAT address that meet each other's TIME-WAIT.") { Conditions = ["paws-drops"], OnlyWhere = After612 },
        new("TcpExt.PAWSOldAck", "ACKs without data dropped because of their timestamp. Mostly reordering.") { Conditions = ["paws-drops"], OnlyWhere = After612 },
        new("TcpExt.TSEcrRejected", "Half-open requests whose last ACK echoed a timestamp that was never sent.") { Conditions = ["paws-drops"], OnlyWhere = After612 },
        new("TcpExt.BeyondWindow", "Data that reached beyond the window and was dropped.") { Conditions = ["challenge-acks"], OnlyWhere = After612 },
        new("TcpExt.OutOfWindowIcmps", "ICMP errors that quote a sequence number not under way.", "Late, or forged to cut connections.") { Conditions = ["reset-storm-in"] },
        new("TcpExt.LockDroppedIcmps", "ICMP errors for a socket that was locked; harmless."),
        new("TcpExt.TCPAODroppedIcmps", "ICMP errors for a connection with TCP-AO.") { OnlyWhere = From67 },
        new("TcpExt.TCPMD5NotFound", "Segments without the MD5 signature that was agreed on.", "BGP sessions without or with another password."),
        new("TcpExt.TCPMD5Unexpected", "Segments with an MD5 signature that nobody asked for."),
        new("TcpExt.TCPMD5Failure", "Segments with a wrong MD5 signature.", "Different passwords, or forged segments."),
        new("TcpExt.TCPAORequired", "Segments without the TCP-AO signature that was agreed on.") { OnlyWhere = From67 },
        new("TcpExt.TCPAOBad", "Segments with a wrong TCP-AO signature.") { OnlyWhere = From67 },
        new("TcpExt.TCPAOKeyNotFound", "Segments with a TCP-AO key that is not known.") { OnlyWhere = From67 },
        new("TcpExt.TCPAOGood", "Segments with a right TCP-AO signature.") { OnlyWhere = From67 },
        new("TcpExt.TCPMinTTLDrop", "Segments that came too far (IP_MINTTL), as BGP's protection wants it."),
        new("TcpExt.IPReversePathFilter", "Packets that rp_filter dropped: the answer would leave by another interface.", "Asymmetric routes, or forged addresses.") { Conditions = ["local-drop", "syn-sent-pileup"] },
        new("TcpExt.ArpFilter", "ARP requests that arp_filter left without an answer."),
        new("TcpExt.TCPWinProbe", "Probes of a peer whose window is closed.", "A peer that does not read.") { Conditions = ["zero-window-peer", "orphan-pileup"] },
        new("TcpExt.TCPKeepAlive", "Keepalive probes sent. Normal where it is on.") { Conditions = ["missing-keepalive"] },
    ];
}
