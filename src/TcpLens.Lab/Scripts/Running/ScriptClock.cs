using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// When statements are due, and how far off they may be: packetdrill's rules. Relative times count from when the statement before was done; arriving segments
/// in a row count from each other.
/// </summary>
internal sealed class ScriptClock(Instant start, TimeSpan lateness, IReadOnlyDictionary<string, string> options)
{
    private static readonly TimeSpan DefaultTolerance = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    private readonly TimeSpan _tolerance = Tolerance(options) > lateness ? Tolerance(options) : lateness;
    private Instant? _start;
    private Instant? _lastArrival;

    /// <summary>The script's second 0: where its first statement stands.</summary>
    public Instant Start => _start ?? start;

    /// <summary>When this statement is due, at the earliest and at the latest; for calls and arriving segments both are the same.</summary>
    public (Instant Earliest, Instant Latest) Due(ScriptStatement statement, Instant now)
    {
        ScriptTime time = statement.Time;
        _start ??= time.IsRelative ? now : now + -time.Start;
        bool isArrival = statement is SegmentStatement { IsInbound: true } or IcmpStatement { IsInbound: true };
        Instant origin = !time.IsRelative ? Start : isArrival && _lastArrival is { } last ? last : now;
        Instant earliest = time.Kind == ScriptTimeKind.Any ? now : origin + time.Start;
        _lastArrival = isArrival ? earliest : null;
        return (earliest, time.Kind == ScriptTimeKind.Any ? now + Longest : time.IsRange ? origin + time.End : earliest);
    }

    /// <summary>When a blocking call is to return: counted from where its beginning is counted from.</summary>
    public static Instant? CallEnd(ScriptTime time, Instant dueAt) => time.CallEnd is { } end ? dueAt + (end - time.Start) : null;

    /// <summary>4 ms or what the script says, and an eighth of the time that was waited.</summary>
    public TimeSpan ToleranceAt(Instant dueAt, Instant since)
    {
        TimeSpan waited = dueAt > since ? dueAt - since : TimeSpan.Zero;
        return waited / 8 > _tolerance ? waited / 8 : _tolerance;
    }

    public TimeSpan SinceStart(Instant time) => time - Start;

    private static TimeSpan Tolerance(IReadOnlyDictionary<string, string> options)
        => options.TryGetValue("tolerance_usecs", out string? text) && int.TryParse(text, out int microseconds)
            ? TimeSpan.FromMicroseconds(microseconds)
            : DefaultTolerance;
}
