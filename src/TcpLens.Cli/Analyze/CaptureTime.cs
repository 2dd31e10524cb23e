using System.Globalization;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Times of a capture as text.</summary>
internal static class CaptureTime
{
    private const long Second = 1_000_000_000;

    /// <summary>"2005-07-04 09:32:20.123456 UTC"</summary>
    public static string Text(Instant instant) => $"{Of(instant).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} UTC";

    /// <summary>Nanoseconds are cut to the calendar's 100; every instant there is lies between the years 1677 and 2262.</summary>
    public static DateTimeOffset Of(Instant instant) => DateTimeOffset.UnixEpoch.AddTicks(instant.Nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>"09:32:20.123" of that day, in UTC.</summary>
    public static void WriteOfDay(Utf8Writer output, Instant instant)
        => output.WriteText(Of(instant).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));

    /// <summary>"0.123456", "-0.000001": seconds since an origin, to the microsecond.</summary>
    public static string Seconds(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(Math.Abs(nanoseconds), Second);
        return string.Create(CultureInfo.InvariantCulture, $"{(nanoseconds < 0 ? "-" : "")}{seconds}.{rest / 1000:000000}");
    }

    /// <summary>Like 85us, 1.2ms, 7.9s; "-" for unknown.</summary>
    public static string Short(TimeSpan? time)
    {
        if (time is not { } known)
        {
            return "-";
        }

        var text = new MemoryWriter();
        text.WriteDuration((ulong)Math.Max(0, known.Ticks / TimeSpan.TicksPerMicrosecond));
        return text.ToString();
    }

    public static string ShortNanoseconds(long nanoseconds) => Short(TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick));
}
