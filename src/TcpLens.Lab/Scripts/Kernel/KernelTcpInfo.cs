using TcpLens.Linux;

namespace TcpLens.Lab;

/// <summary>struct tcp_info (include/uapi/linux/tcp.h) by the names of its fields. It grows at its end; what an older kernel does not have is not known.</summary>
internal static class KernelTcpInfo
{
    private const int Tcp = 6;
    private const int Info = 11;

    private static readonly Dictionary<string, (int Offset, int Length)> Fields = new(StringComparer.Ordinal)
    {
        ["tcpi_state"] = (0, 1), ["tcpi_ca_state"] = (1, 1), ["tcpi_retransmits"] = (2, 1), ["tcpi_probes"] = (3, 1), ["tcpi_backoff"] = (4, 1),
        ["tcpi_options"] = (5, 1), ["tcpi_rto"] = (8, 4), ["tcpi_ato"] = (12, 4), ["tcpi_snd_mss"] = (16, 4), ["tcpi_rcv_mss"] = (20, 4),
        ["tcpi_unacked"] = (24, 4), ["tcpi_sacked"] = (28, 4), ["tcpi_lost"] = (32, 4), ["tcpi_retrans"] = (36, 4), ["tcpi_fackets"] = (40, 4),
        ["tcpi_last_data_sent"] = (44, 4), ["tcpi_last_data_recv"] = (52, 4), ["tcpi_last_ack_recv"] = (56, 4), ["tcpi_pmtu"] = (60, 4),
        ["tcpi_rcv_ssthresh"] = (64, 4), ["tcpi_rtt"] = (68, 4), ["tcpi_rttvar"] = (72, 4), ["tcpi_snd_ssthresh"] = (76, 4), ["tcpi_snd_cwnd"] = (80, 4),
        ["tcpi_advmss"] = (84, 4), ["tcpi_reordering"] = (88, 4), ["tcpi_rcv_rtt"] = (92, 4), ["tcpi_rcv_space"] = (96, 4), ["tcpi_total_retrans"] = (100, 4),
        ["tcpi_pacing_rate"] = (104, 8), ["tcpi_max_pacing_rate"] = (112, 8), ["tcpi_bytes_acked"] = (120, 8), ["tcpi_bytes_received"] = (128, 8),
        ["tcpi_segs_out"] = (136, 4), ["tcpi_segs_in"] = (140, 4), ["tcpi_notsent_bytes"] = (144, 4), ["tcpi_min_rtt"] = (148, 4),
        ["tcpi_data_segs_in"] = (152, 4), ["tcpi_data_segs_out"] = (156, 4), ["tcpi_delivery_rate"] = (160, 8), ["tcpi_busy_time"] = (168, 8),
        ["tcpi_rwnd_limited"] = (176, 8), ["tcpi_sndbuf_limited"] = (184, 8), ["tcpi_delivered"] = (192, 4), ["tcpi_delivered_ce"] = (196, 4),
        ["tcpi_bytes_sent"] = (200, 8), ["tcpi_bytes_retrans"] = (208, 8), ["tcpi_dsack_dups"] = (216, 4), ["tcpi_reord_seen"] = (220, 4),
        ["tcpi_rcv_ooopack"] = (224, 4), ["tcpi_snd_wnd"] = (228, 4), ["tcpi_rcv_wnd"] = (232, 4),
    };

    public static double? Value(string name, KernelSocket? socket)
    {
        if (TcpInfoView.Constant(name) is { } constant)
        {
            return constant;
        }

        Span<byte> info = stackalloc byte[256];
        if (socket is null || socket.GetOption(Tcp, Info, info, out int length).Value < 0)
        {
            return null;
        }

        return name switch
        {
            "tcpi_snd_wscale" => info[6] & 0xf,
            "tcpi_rcv_wscale" => info[6] >> 4,
            _ when Fields.TryGetValue(name, out (int Offset, int Length) field) && field.Offset + field.Length <= length => Read(info[field.Offset..], field.Length),
            _ => null,
        };
    }

    private static double Read(ReadOnlySpan<byte> octets, int length) => length switch
    {
        1 => octets[0],
        4 => BitConverter.ToUInt32(octets),
        _ => BitConverter.ToUInt64(octets),
    };
}
