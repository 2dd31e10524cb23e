using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>RSTs that answer a segment.</summary>
internal static class AnswerResets
{
    public static readonly ReasonPage[] Pages =
    [
        new("NO_SOCKET", Notice, "no such connection or listener", "A segment came for a port where nobody listens, or for a connection that this machine does not have: a service that is down, a scanner, or a peer whose connection was forgotten here.")
        {
            SeeAlso = ["Tcp.OutRsts", "ECONNREFUSED"],
            Conditions = ["connection-refused", "reset-storm-out", "time-wait-bucket-overflow"],
        },
        new("TCP_FLAGS", Notice, "ACK to a listener, and no handshake for it", "An ACK came to a listening port and belongs to no handshake and to no valid SYN cookie: the request was given up, a peer goes on with a connection from before a restart, or a scanner.")
        {
            SeeAlso = ["SyncookiesFailed", "Tcp.OutRsts"],
            Conditions = ["reset-storm-out", "syn-flood"],
        },
        new("TCP_ABORT_ON_DATA", Warning, "data after close()", "The process closed the socket and the peer went on sending; what it sent is lost. Also FIN-WAIT-2 with TCP_LINGER2 below 0.")
        {
            Advice = "Whoever closes first should shut down its sending side, read to the end, and then close.",
            SeeAlso = ["TCPAbortOnData", "fin-wait-2"],
            Conditions = ["reset-storm-out"],
        },
        new("TCP_TIMEWAIT_SOCKET", Notice, "data after close(), connection already handed over", "The connection is an entry of FIN-WAIT-2 that no process holds, and data or a SYN came for it. The entry goes with the RST.")
        {
            SeeAlso = ["fin-wait-2", "time-wait"],
            Conditions = ["reset-storm-out", "fin-wait2-pileup"],
        },
        new("INVALID_SYN", Notice, "handshake refused: SYN repeated wrongly, or overflow", "During a handshake a SYN came that does not fit. Or the accept queue was full and tcp_abort_on_overflow is 1: the kernel gives that RST the same reason.")
        {
            SeeAlso = ["EmbryonicRsts", "tcp_abort_on_overflow", "ListenOverflows"],
            Conditions = ["accept-queue-overflow", "syn-recv-pileup"],
        },
        new("TCP_INVALID_ACK_SEQUENCE", Notice, "answer to a SYN never sent", "In SYN-SENT an ACK came for another number than the SYN's: the peer still has an older connection with these ports. This RST clears it there, and the SYN is sent again at once.") { SeeAlso = ["syn-sent"], Conditions = ["half-open-suspect"] },
        new("TCP_OLD_ACK", Notice, "handshake acknowledged wrongly: old ACK", "The last ACK of a handshake does not acknowledge the SYN-ACK.") { SeeAlso = ["syn-recv"] },
        new("TCP_TOO_OLD_ACK", Notice, "handshake acknowledged wrongly: ACK far too old", "The last ACK of a handshake lies far before the SYN-ACK: left over from an earlier connection, or forged.") { SeeAlso = ["syn-recv"] },
        new("TCP_ACK_UNSENT_DATA", Notice, "handshake acknowledged wrongly: ACK of data never sent", "The last ACK of a handshake acknowledges more than the SYN-ACK: forged, or of another connection.") { SeeAlso = ["syn-recv"] },
        new("TCP_RFC7323_PAWS", Notice, "SYN-ACK echoes a timestamp never sent", "The answer to a SYN returns a timestamp that this connect did not send: it answers an older SYN, or was changed on the way.") { SeeAlso = ["PAWSActive", "tcp_timestamps"], Conditions = ["paws-drops"] },
        new("NOT_SPECIFIED", Notice, "no reason given", "The place that sent the RST gives none, or one that has no name of its own here."),
    ];
}
