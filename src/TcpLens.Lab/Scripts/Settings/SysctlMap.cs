using System.Globalization;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>What sysctls of Linux and FreeBSD mean for the stack. Those that choose what this stack does not have to choose change nothing.</summary>
internal static class SysctlMap
{
    /// <summary>Their effect is on caches, batches and logs that a script cannot see here.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "net.ipv4.tcp_min_tso_segs", "net.ipv4.tcp_tso_win_divisor", "net.ipv4.tcp_tso_rtt_log", "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_fastopen",
        "net.ipv4.tcp_fastopen_key", "net.ipv4.tcp_mem", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_moderate_rcvbuf", "net.ipv4.tcp_autocorking", "net.ipv4.tcp_pingpong_thresh", "net.ipv4.tcp_invalid_ratelimit",
        "net.ipv4.tcp_limit_output_bytes", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_allowed_congestion_control", "net.ipv4.tcp_available_congestion_control",
        "net.ipv4.tcp_challenge_ack_limit", "net.ipv4.ip_no_pmtu_disc", "net.ipv4.tcp_fack", "net.ipv4.tcp_frto", "net.ipv4.tcp_thin_linear_timeouts",
        "net.ipv4.tcp_early_retrans", "net.ipv4.tcp_dsack", "net.ipv4.tcp_retries1", "net.ipv4.tcp_ecn_fallback", "net.ipv4.tcp_reordering",
        "net.core.somaxconn", "net.core.wmem_max", "net.core.rmem_max", "net.core.default_qdisc", "net.core.optmem_max",
        "net.inet.tcp.hostcache.purgenow", "net.inet.tcp.ecn.maxretries", "net.inet.tcp.fastopen.client_enable", "net.inet.tcp.fastopen.server_enable",
        "net.inet.tcp.icmp_may_rst", "net.inet.tcp.nolocaltimewait", "net.inet.tcp.path_mtu_discovery", "net.inet.tcp.log_in_vain", "net.inet.tcp.tso",
        "net.inet.tcp.functions_default", "net.inet.tcp.cc.algorithm", "net.inet.tcp.do_prr", "net.inet.tcp.abc_l_var", "net.inet.tcp.rfc3042",
        "net.inet.tcp.recvbuf_auto", "net.inet.tcp.sendbuf_auto", "net.inet.tcp.hostcache.enable",
        "net.inet.icmp.icmplim", "net.inet.tcp.reass.cursegments", "net.inet.tcp.persmin", "net.inet.tcp.persmax",
    };

    /// <exception cref="UnsupportedFeatureException">The stack cannot be set to that.</exception>
    public static void Set(ScriptKnobs knobs, string name, string value)
    {
        string key = name.Replace('/', '.');
        if (Harmless.Contains(key))
        {
            return;
        }

        long[] numbers = Numbers(value);
        long first = numbers is [var only, ..] ? only : 0;
        knobs.Tcp = key.StartsWith("net.ipv4.", StringComparison.Ordinal)
            ? Linux(knobs, key, value.Trim(), numbers, first)
            : FreeBsd(knobs, key, first);
    }

    private static TcpSettings Linux(ScriptKnobs knobs, string key, string value, long[] numbers, long first)
    {
        TcpSettings tcp = knobs.Tcp;
        switch (key["net.ipv4.".Length..])
        {
            case "tcp_timestamps":
                return tcp with { Timestamps = first != 0 };
            case "tcp_sack":
                return tcp with { SelectiveAcknowledgment = first != 0 };
            case "tcp_window_scaling":
                return tcp with { WindowScaling = first != 0 };
            case "tcp_ecn" when first is >= 0 and <= 2:
                return tcp with { RequestEcn = first == 1, AcceptEcn = first != 0 };
            case "tcp_rmem" when numbers.Length == 3:
                knobs.ReceiveSpace = Octets(numbers[1]);
                return tcp;
            case "tcp_wmem" when numbers.Length == 3:
                knobs.SendSpace = Octets(numbers[1]);
                return tcp;
            case "tcp_syncookies" when first is >= 0 and <= 2:
                knobs.Cookies = (SynCookies)first;
                return tcp;
            case "tcp_abort_on_overflow":
                knobs.ResetOnOverflow = first != 0;
                return tcp;
            case "tcp_retries2":
                return tcp with { DataRetries = Count(first) };
            case "tcp_syn_retries":
                return tcp with { SynRetries = Count(first) };
            case "tcp_synack_retries":
                return tcp with { SynAckRetries = Count(first) };
            case "tcp_orphan_retries":
                return tcp with { OrphanRetries = first == 0 ? 8 : Count(first) };
            case "tcp_slow_start_after_idle":
                return tcp with { SlowStartAfterIdle = first != 0 };
            case "tcp_keepalive_time":
                return tcp with { Options = tcp.Options with { KeepAliveIdle = Seconds(first) } };
            case "tcp_keepalive_intvl":
                return tcp with { Options = tcp.Options with { KeepAliveInterval = Seconds(first) } };
            case "tcp_keepalive_probes":
                return tcp with { Options = tcp.Options with { KeepAliveProbes = Count(first) } };
            case "tcp_fin_timeout":
                return tcp with { OrphanFinWait2 = Seconds(first) };
            case "tcp_rfc1337":
                return tcp with { ProtectTimeWait = first != 0 };
            case "tcp_recovery":
                return tcp with { Rack = (first & 1) != 0 };
            case "tcp_rto_min_us":
                return tcp with { MinimumRto = TimeSpan.FromMicroseconds(Count(first)) };
            case "tcp_rto_max_ms":
                return tcp with { MaximumRto = Milliseconds(first) };
            case "tcp_congestion_control" when value is "cubic" or "reno":
                return tcp with { Congestion = value == "cubic" ? CongestionAlgorithm.Cubic : CongestionAlgorithm.NewReno };
            case "tcp_mtu_probing" or "tcp_shrink_window" when first == 0:
                return tcp;
            default:
                throw new UnsupportedFeatureException($"{key}={value}");
        }
    }

    private static TcpSettings FreeBsd(ScriptKnobs knobs, string key, long first)
    {
        TcpSettings tcp = knobs.Tcp;
        switch (key)
        {
            case "net.inet.tcp.rfc1323":
                return tcp with { WindowScaling = first is 1 or 2, Timestamps = first is 1 or 3 };
            case "net.inet.tcp.sack.enable":
                return tcp with { SelectiveAcknowledgment = first != 0 };
            case "net.inet.tcp.ecn.enable":
                return tcp with { RequestEcn = first == 1, AcceptEcn = first != 0 };
            case "net.inet.tcp.recvspace":
                knobs.ReceiveSpace = Octets(first);
                return tcp;
            case "net.inet.tcp.sendspace":
                knobs.SendSpace = Octets(first);
                return tcp;
            case "kern.ipc.maxsockbuf":
                knobs.MaximumSocketBuffer = first;
                return tcp;
            case "net.inet.tcp.insecure_rst":
                return tcp with { ResistBlindResets = first == 0 };
            case "net.inet.tcp.drop_synfin":
                return tcp with { AcceptSynFin = first == 0 };
            case "net.inet.tcp.insecure_syn":
                return tcp with { ResistBlindSyns = first == 0 };
            case "net.inet.tcp.rexmit_initial":
                return tcp with { InitialRto = Milliseconds(first) };
            case "net.inet.tcp.rexmit_slop":
                return tcp with { MinimumRto = Milliseconds(30 + first) };
            case "net.inet.tcp.rexmit_min":
                return tcp with { MinimumRto = Milliseconds(200 + first) };
            case "net.inet.tcp.keepinit":
                knobs.ConnectTimeout = Milliseconds(first);
                return tcp;
            case "net.inet.tcp.keepidle":
                return tcp with { Options = tcp.Options with { KeepAliveIdle = Milliseconds(first) } };
            case "net.inet.tcp.keepintvl":
                return tcp with { Options = tcp.Options with { KeepAliveInterval = Milliseconds(first) } };
            case "net.inet.tcp.keepcnt":
                return tcp with { Options = tcp.Options with { KeepAliveProbes = Count(first) } };
            case "net.inet.tcp.always_keepalive":
                return tcp with { Options = tcp.Options with { KeepAlive = first != 0 } };
            case "net.inet.tcp.delacktime":
                return tcp with { DelayedAck = Milliseconds(first) };
            case "net.inet.tcp.delayed_ack":
                return tcp with { DelayedAck = first == 0 ? TimeSpan.Zero : tcp.DelayedAck };
            case "net.inet.tcp.initcwnd_segments":
                return tcp with { InitialWindow = Count(first) };
            case "net.inet.tcp.msl":
                return tcp with { TimeWait = 2 * Milliseconds(first) };
            case "net.inet.tcp.finwait2_timeout":
                return tcp with { OrphanFinWait2 = Milliseconds(first) };
            case "net.inet.tcp.syncookies":
                knobs.Cookies = first == 0 ? SynCookies.Never : SynCookies.WhenFull;
                return tcp;
            case "net.inet.tcp.syncookies_only":
                knobs.Cookies = first == 0 ? knobs.Cookies : SynCookies.Always;
                return tcp;
            case "net.inet.tcp.blackhole" or "net.inet.tcp.rexmit_drop_options" or "net.inet.tcp.udp_tunneling_port" or "net.inet.tcp.udp_tunneling_overhead"
                or "net.inet.tcp.fast_finwait2_recycle" when first == 0:
                return tcp;
            default:
                throw new UnsupportedFeatureException($"{key}={first}");
        }
    }

    private static long[] Numbers(string value)
    {
        string[] words = value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var numbers = new List<long>();
        foreach (string word in words)
        {
            if (word.StartsWith("$((", StringComparison.Ordinal) && word.EndsWith("))", StringComparison.Ordinal))
            {
                numbers.Add((long)new CodeExpression(word[3..^2], static name => throw new UnsupportedFeatureException(name)).Evaluate());
                continue;
            }

            bool isHexadecimal = word.StartsWith("0x", StringComparison.Ordinal);
            NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
            if (long.TryParse(isHexadecimal ? word[2..] : word, style, CultureInfo.InvariantCulture, out long number))
            {
                numbers.Add(number);
            }
        }

        return [.. numbers];
    }

    private static int Octets(long value) => (int)Math.Clamp(value, 1, 1 << 28);

    private static int Count(long value) => (int)Math.Clamp(value, 0, int.MaxValue);

    private static TimeSpan Seconds(long value) => TimeSpan.FromSeconds(Count(value));

    private static TimeSpan Milliseconds(long value) => TimeSpan.FromMilliseconds(Count(value));
}
