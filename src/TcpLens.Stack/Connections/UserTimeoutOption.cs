namespace TcpLens.Stack;

/// <summary>The User Timeout option's value: a bit for minutes and 15 bits of count (RFC 5482 §3.3).</summary>
internal static class UserTimeoutOption
{
    private const ushort MinutesBit = 0x8000;

    /// <summary>No peer can make us give up sooner than this (RFC 5482 §3.1, L_LIMIT).</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(100);

    /// <summary>Nor hold on for longer (U_LIMIT).</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    public static ushort Encode(TimeSpan timeout)
    {
        double seconds = Math.Ceiling(timeout.TotalSeconds);
        return seconds <= short.MaxValue
            ? (ushort)Math.Max(seconds, 1)
            : (ushort)(MinutesBit | (ushort)Math.Min(Math.Ceiling(timeout.TotalMinutes), short.MaxValue));
    }

    /// <summary>Zero for the value that is reserved.</summary>
    public static TimeSpan Decode(ushort value)
    {
        int count = value & short.MaxValue;
        return (value & MinutesBit) == 0 ? TimeSpan.FromSeconds(count) : TimeSpan.FromMinutes(count);
    }

    /// <summary>USER_TIMEOUT of §3.1: the longer of what both ends say, within limits.</summary>
    public static TimeSpan Agree(TimeSpan own, TimeSpan remote)
    {
        TimeSpan longest = new(Math.Max(Math.Max(own.Ticks, remote.Ticks), Shortest.Ticks));
        return longest < Longest ? longest : Longest;
    }
}
