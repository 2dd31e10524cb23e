using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>TCP_INFO's fields of a connection of our stack, by the names and in the units of the system that a script was written on.</summary>
internal static class TcpInfoView
{
    private const double InfiniteThreshold = 0x7fffffff;

    private static readonly Dictionary<string, long> Constants = NameTable.Read("""
        TCP_ESTABLISHED 1  TCP_SYN_SENT 2  TCP_SYN_RECV 3  TCP_FIN_WAIT1 4  TCP_FIN_WAIT2 5  TCP_TIME_WAIT 6
        TCP_CLOSE 7  TCP_CLOSE_WAIT 8  TCP_LAST_ACK 9  TCP_LISTEN 10  TCP_CLOSING 11  TCP_NEW_SYN_RECV 12
        TCPI_ESTABLISHED 1  TCPI_SYN_SENT 2  TCPI_SYN_RECEIVED 3  TCPI_SYN_RECV 3  TCPI_SYN_RCVD 3  TCPI_FIN_WAIT_1 4
        TCPI_FIN_WAIT_2 5  TCPI_TIME_WAIT 6  TCPI_CLOSED 7  TCPI_CLOSE_WAIT 8  TCPI_LAST_ACK 9  TCPI_LISTEN 10
        TCPI_CLOSING 11
        TCP_CA_Open 0  TCP_CA_Disorder 1  TCP_CA_CWR 2  TCP_CA_Recovery 3  TCP_CA_Loss 4
        TCPI_OPT_TIMESTAMPS 1  TCPI_OPT_SACK 2  TCPI_OPT_WSCALE 4  TCPI_OPT_ECN 8  TCPI_OPT_ECN_SEEN 16
        TCPI_OPT_SYN_DATA 32  TCPI_OPT_TOE 16  TCP_INFINITE_SSTHRESH 0x7fffffff
        """);

    /// <summary>Null for a name that is not known, or not kept by this stack.</summary>
    public static double? Value(string name, ScriptSockets sockets)
    {
        if (Constant(name) is { } constant)
        {
            return constant;
        }

        ScriptSocket? socket = sockets.Newest;
        return name == "tcpi_state" ? (int)(socket?.State ?? TcpState.Closed)
            : socket?.Connection is { } connection ? Field(name, connection.Status, sockets.Knobs.Profile)
            : null;
    }

    /// <summary>TCP_ESTABLISHED, TCP_CA_Recovery and the like.</summary>
    public static double? Constant(string name) => Constants.TryGetValue(name, out long constant) ? constant : null;

    private static double? Field(string name, ConnectionStatus status, ScriptProfile profile) => name switch
    {
        "tcpi_ca_state" => (int)status.Phase,
        "tcpi_retransmits" => status.Retransmits,
        "tcpi_probes" => status.Probes,
        "tcpi_backoff" => status.Backoff,
        "tcpi_options" => Options(status),
        "tcpi_snd_wscale" => status.SendWindowShift,
        "tcpi_rcv_wscale" => status.ReceiveWindowShift,
        "tcpi_rto" => status.Rto.TotalMicroseconds,
        "tcpi_snd_mss" => status.SendSegmentSize,
        "tcpi_rcv_mss" => status.ReceiveSegmentSize,
        "tcpi_advmss" => status.AdvertisedSegmentSize,
        "tcpi_pmtu" => status.PathMtu,
        "tcpi_unacked" => status.Unacknowledged,
        "tcpi_sacked" => status.Sacked,
        "tcpi_lost" => status.Lost,
        "tcpi_retrans" => status.Retransmitted,
        "tcpi_reordering" => status.Reordering,
        "tcpi_reord_seen" => status.ReorderingsSeen,
        "tcpi_rtt" => status.SmoothedRtt.TotalMicroseconds,
        "tcpi_rttvar" => status.RttVariation.TotalMicroseconds,
        "tcpi_min_rtt" => status.MinimumRtt.TotalMicroseconds,
        "tcpi_snd_ssthresh" => status.SlowStartThreshold == int.MaxValue ? InfiniteThreshold : Segments(status.SlowStartThreshold, status, profile),
        "tcpi_snd_cwnd" => Segments(status.CongestionWindow, status, profile),
        "tcpi_total_retrans" => status.TotalRetransmissions,
        "tcpi_segs_out" => status.SegmentsSent,
        "tcpi_segs_in" => status.SegmentsReceived,
        "tcpi_data_segs_out" => status.DataSegmentsSent,
        "tcpi_data_segs_in" => status.DataSegmentsReceived,
        "tcpi_bytes_sent" => status.OctetsSent,
        "tcpi_bytes_acked" => status.OctetsAcknowledged,
        "tcpi_bytes_received" => status.OctetsReceived,
        "tcpi_bytes_retrans" => status.OctetsRetransmitted,
        "tcpi_notsent_bytes" => status.NotSent,
        "tcpi_delivered" => status.Delivered,
        "tcpi_delivered_ce" => status.DeliveredWithCongestionMark,
        "tcpi_dsack_dups" => status.DuplicatesReported,
        "tcpi_rcv_ooopack" => status.OutOfOrderReceived,
        "tcpi_snd_wnd" => status.SendWindow,
        "tcpi_rcv_wnd" or "tcpi_rcv_space" => status.ReceiveWindow,
        _ => null,
    };

    /// <summary>Linux counts windows in segments, FreeBSD in octets.</summary>
    private static double Segments(int segments, ConnectionStatus status, ScriptProfile profile)
        => profile == ScriptProfile.FreeBsd ? (double)segments * status.SendSegmentSize : segments;

    private static int Options(ConnectionStatus status)
        => (status.HasTimestamps ? 1 : 0) | (status.HasSack ? 2 : 0) | (status.HasWindowScaling ? 4 : 0) | (status.HasEcn ? 8 : 0);
}
