using System.Globalization;

namespace TcpLens.Diagnosis;

/// <summary>A timer of a state with this machine's settings filled in.</summary>
/// <param name="Name">What the timer is, in words.</param>
/// <param name="Duration">How long; null when nothing ever ends the wait.</param>
/// <param name="How">The sum or rule, with the numbers in it.</param>
/// <param name="Settings">What was read to get there.</param>
public sealed record TimerReading(string Name, TimeSpan? Duration, string How, IReadOnlyList<SettingValue> Settings);

/// <summary>Turns settings into seconds.</summary>
public delegate TimerReading TimerRule(SettingLookup settings);

/// <summary>
/// Linux's TCP timers as pure functions of its settings (net/ipv4/tcp_timer.c, tcp_input.c, inet_connection_sock.c of 6.1 to 7.2).
/// Real timers fire late by up to an eighth of the wait (the kernel's timer wheel), and a longer RTT makes the first timeout longer.
/// </summary>
public static class TimerRules
{
    private static readonly TimeSpan FirstHandshakeTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeWaitLength = TimeSpan.FromSeconds(60);

    /// <summary>SYN-SENT: connect() until ETIMEDOUT. Linear timeouts came with 6.5: where the file is missing there are none.</summary>
    public static TimerReading Connect(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long retries = reader.Read("net.ipv4.tcp_syn_retries", 6);
        long linear = reader.Read("net.ipv4.tcp_syn_linear_timeouts", reader.Knows("net.ipv4.tcp_syn_retries") ? 0 : 4);
        return Reading(
            "connect() gives up (ETIMEDOUT)",
            RetryTimes.Steps(FirstHandshakeTimeout, retries, LongestTimeout(reader), linear),
            $"SYN sent {1 + retries + linear} times; TCP_SYNCNT sets it for one socket",
            reader);
    }

    /// <summary>SYN-RECEIVED: a request socket until it is dropped.</summary>
    public static TimerReading Handshake(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long retries = reader.Read("net.ipv4.tcp_synack_retries", 5);
        return Reading(
            "half-open request is dropped",
            RetryTimes.Steps(FirstHandshakeTimeout, retries, LongestTimeout(reader)),
            $"SYN+ACK sent {1 + retries} times; fewer when the queue is over half full of old requests",
            reader);
    }

    /// <summary>Sent data that nobody acknowledges, on a socket that a process holds.</summary>
    public static TimerReading Retransmission(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long retries = reader.Read("net.ipv4.tcp_retries2", 15);
        return Reading(
            "unacknowledged data ends the connection (ETIMEDOUT)",
            RetryTimes.Steps(FirstTimeout(reader), retries, LongestTimeout(reader)),
            $"at least: {retries} retransmissions, begun at the smallest timeout; TCP_USER_TIMEOUT overrides",
            reader);
    }

    /// <summary>The same on a socket that no process holds: FIN-WAIT-1, CLOSING, LAST-ACK.</summary>
    public static TimerReading Orphan(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long configured = reader.Read("net.ipv4.tcp_orphan_retries", 0);
        long retries = configured == 0 ? 8 : configured;
        return Reading(
            "an orphan whose peer is silent is dropped",
            RetryTimes.Steps(FirstTimeout(reader), retries, LongestTimeout(reader)),
            configured == 0 ? "at least: 0 in tcp_orphan_retries means 8 retransmissions" : $"at least: {retries} retransmissions",
            reader);
    }

    /// <summary>
    /// FIN-WAIT-2 without a process. Up to 60 s the mini-socket lives that long; above, the part over 60 s runs on the keepalive
    /// timer and then again on the mini-socket's, so that 61 s means 2 s.
    /// </summary>
    public static TimerReading FinWait2Orphan(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long seconds = reader.Read("net.ipv4.tcp_fin_timeout", 60);
        bool isLong = seconds > 60;
        TimeSpan duration = Seconds(isLong ? 2 * (seconds - 60) : seconds);
        string how = isLong
            ? $"above 60, Linux waits twice the part over 60: 2 x ({seconds} - 60)"
            : "tcp_fin_timeout as it stands; TCP_LINGER2 sets it for one socket";
        return new TimerReading("an orphan's wait for the peer's FIN ends", duration, how, reader.Used);
    }

    public static TimerReading FinWait2Held(SettingLookup settings)
        => new("a socket that a process holds waits", null, "no timer: the process must read to the end and close", []);

    /// <summary>TIME-WAIT: TCP_TIMEWAIT_LEN, a constant of the kernel's source.</summary>
    public static TimerReading TimeWait(SettingLookup settings)
        => new("TIME-WAIT ends", TimeWaitLength, "fixed when the kernel was compiled; no setting changes it, a stray segment restarts it", []);

    /// <summary>When connect() may take over a TIME-WAIT port (tcp_tw_reuse).</summary>
    public static TimerReading TimeWaitReuse(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long reuse = reader.Read("net.ipv4.tcp_tw_reuse", 2);
        TimeSpan? delay = reuse == 0 ? null : TimeSpan.FromMilliseconds(reader.Read("net.ipv4.tcp_tw_reuse_delay", 1000));
        string how = reuse switch
        {
            0 => "never: tcp_tw_reuse is 0",
            1 => "any destination, with timestamps on both sides",
            _ => "loopback destinations only, with timestamps (tcp_tw_reuse 2)",
        };
        return new TimerReading("an outgoing connect() may reuse the port", delay, how, reader.Used);
    }

    public static TimerReading KeepAlive(SettingLookup settings)
    {
        SettingReader reader = new(settings);
        long idle = reader.Read("net.ipv4.tcp_keepalive_time", 7200);
        long interval = reader.Read("net.ipv4.tcp_keepalive_intvl", 75);
        long probes = reader.Read("net.ipv4.tcp_keepalive_probes", 9);
        return new TimerReading(
            "a dead peer is noticed by keepalive",
            Seconds(idle + (interval * probes)),
            $"{idle} + {probes} x {interval} s; only where the program set SO_KEEPALIVE, and not while data is unacknowledged",
            reader.Used);
    }

    public static TimerReading Idle(SettingLookup settings)
        => new("an idle connection without keepalive", null, "no timer: it stays even when the peer has vanished", []);

    public static TimerReading CloseWait(SettingLookup settings)
        => new("CLOSE-WAIT ends", null, "no timer: only close() by the process ends it", []);

    /// <summary>Saturates at a century, far beyond every setting that means something.</summary>
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 3_155_760_000));

    private static TimeSpan FirstTimeout(SettingReader reader) => TimeSpan.FromMicroseconds(Math.Max(reader.Read("net.ipv4.tcp_rto_min_us", 200_000), 1));

    private static TimeSpan LongestTimeout(SettingReader reader) => TimeSpan.FromMilliseconds(reader.Read("net.ipv4.tcp_rto_max_ms", 120_000));

    private static TimerReading Reading(string name, IEnumerable<TimeSpan> steps, string remark, SettingReader reader)
    {
        TimeSpan[] all = [.. steps];
        string sum = string.Join(" + ", all.Select(step => step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)));
        return new TimerReading(name, all.Aggregate(TimeSpan.Zero, (total, step) => total + step), $"{sum} s ({remark})", reader.Used);
    }
}
