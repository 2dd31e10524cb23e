using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Paths of an MPTCP connection that were ended, with the reason that the RST tells the peer (RFC 8684 3.6); the connection may go on.</summary>
internal static class MptcpResets
{
    public static readonly ReasonPage[] Pages =
    [
        new("MPTCP_RST_EUNSPEC", Notice, "MPTCP path ended, no closer reason", "One path of an MPTCP connection is no longer available.") { SeeAlso = ["net.mptcp.enabled"] },
        new("MPTCP_RST_EMPTCP", Notice, "MPTCP options went wrong", "The options of MPTCP could not be understood or verified on this path."),
        new("MPTCP_RST_ERESOURCE", Notice, "no resources for an MPTCP path", "This end has no room for another path (limits of ip mptcp, memory)."),
        new("MPTCP_RST_EPROHIBIT", Notice, "MPTCP path not allowed", "The path manager's rules do not allow the path."),
        new("MPTCP_RST_EWQ2BIG", Notice, "too much to repeat on an MPTCP path", "So much of what the path has to send was acknowledged on others that a fresh one is cheaper."),
        new("MPTCP_RST_EBADPERF", Notice, "MPTCP path too slow", "The path's performance lags behind the others of the connection."),
        new("MPTCP_RST_EMIDDLEBOX", Notice, "something on the MPTCP path changes data", "The checksum of MPTCP does not fit: a middlebox changes the stream."),
    ];
}
