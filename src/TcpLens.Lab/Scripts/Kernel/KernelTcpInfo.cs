using TcpLens.Linux;

namespace TcpLens.Lab;

/// <summary>struct tcp_info (include/uapi/linux/tcp.h) by the names of its fields. It grows at its end; what an older kernel does not have is not known.</summary>
internal static class KernelTcpInfo
{
    private const int Tcp = 6;
    private const int Info = 11;

    // Offsets of fields of one, four and eight octets.
    private static readonly Dictionary<string, long> Octets = NameTable.Read("""
        tcpi_state 0  tcpi_ca_state 1  tcpi_retransmits 2  tcpi_probes 3  tcpi_backoff 4  tcpi_options 5
        """);

    private static readonly Dictionary<string, long> Words = NameTable.Read("""
        tcpi_rto 8  tcpi_ato 12  tcpi_snd_mss 16  tcpi_rcv_mss 20  tcpi_unacked 24  tcpi_sacked 28
        tcpi_lost 32  tcpi_retrans 36  tcpi_fackets 40  tcpi_last_data_sent 44  tcpi_last_data_recv 52  tcpi_last_ack_recv 56
        tcpi_pmtu 60  tcpi_rcv_ssthresh 64  tcpi_rtt 68  tcpi_rttvar 72  tcpi_snd_ssthresh 76  tcpi_snd_cwnd 80
        tcpi_advmss 84  tcpi_reordering 88  tcpi_rcv_rtt 92  tcpi_rcv_space 96  tcpi_total_retrans 100  tcpi_segs_out 136
        tcpi_segs_in 140  tcpi_notsent_bytes 144  tcpi_min_rtt 148  tcpi_data_segs_in 152  tcpi_data_segs_out 156  tcpi_delivered 192
        tcpi_delivered_ce 196  tcpi_dsack_dups 216  tcpi_reord_seen 220  tcpi_rcv_ooopack 224  tcpi_snd_wnd 228  tcpi_rcv_wnd 232
        """);

    private static readonly Dictionary<string, long> Counts = NameTable.Read("""
        tcpi_pacing_rate 104  tcpi_max_pacing_rate 112  tcpi_bytes_acked 120  tcpi_bytes_received 128  tcpi_delivery_rate 160  tcpi_busy_time 168
        tcpi_rwnd_limited 176  tcpi_sndbuf_limited 184  tcpi_bytes_sent 200  tcpi_bytes_retrans 208
        """);

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
            _ when Octets.TryGetValue(name, out long offset) && offset < length => info[(int)offset],
            _ when Words.TryGetValue(name, out long offset) && offset + sizeof(uint) <= length => BitConverter.ToUInt32(info[(int)offset..]),
            _ when Counts.TryGetValue(name, out long offset) && offset + sizeof(ulong) <= length => BitConverter.ToUInt64(info[(int)offset..]),
            _ => null,
        };
    }
}
