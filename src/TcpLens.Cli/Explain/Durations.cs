using System.Globalization;

namespace TcpLens.Cli.Explain;

/// <summary>Time spans in words: seconds first, because settings are in seconds, and minutes or hours where they help.</summary>
internal static class Durations
{
    /// <summary>"131 s (2 min 11 s)", "60 s", "no limit" for null.</summary>
    public static string Text(TimeSpan? duration)
    {
        if (duration is not { } span)
        {
            return "no limit";
        }

        string seconds = span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";
        return span.TotalSeconds < 100 ? seconds : $"{seconds} ({Long(span)})";
    }

    private static string Long(TimeSpan span)
    {
        long total = (long)Math.Round(span.TotalSeconds);
        (long hours, long minutes, long seconds) = (total / 3600, total / 60 % 60, total % 60);
        return hours == 0 ? $"{minutes} min {seconds} s" : $"{hours} h {minutes} min";
    }
}
