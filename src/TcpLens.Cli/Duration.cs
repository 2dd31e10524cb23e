using System.CommandLine;
using System.Globalization;

namespace TcpLens.Cli;

/// <summary>Times as people write them: 500ms, 1s, 1.5s, 2m (2min), 1h. A bare number means seconds, as for watch(1) and ping(8).</summary>
internal static class Duration
{
    /// <summary>What the user gave an option.</summary>
    /// <exception cref="UsageException">It is no time.</exception>
    public static TimeSpan Of(ParseResult result, Option<string> option)
        => TryParse(result.GetValue(option), out TimeSpan duration)
            ? duration
            : throw new UsageException($"{option.Name} {result.GetValue(option)}: say a time with its unit, such as 500ms, 5s or 2m");

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        int digits = text.IndexOfAnyExceptInRange('.', '9');
        ReadOnlySpan<char> number = digits < 0 ? text : text[..digits];
        double? unit = (digits < 0 ? "s" : text[digits..]) switch
        {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" => 1,
            "m" or "min" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };

        duration = default;
        if (unit is null || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || value * unit > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(value * unit.Value);
        return true;
    }

    /// <summary>As it would be typed: 90s, 10m, 2h.</summary>
    public static string Text(TimeSpan duration) => duration switch
    {
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerHour == 0 => $"{ticks / TimeSpan.TicksPerHour}h",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerMinute == 0 => $"{ticks / TimeSpan.TicksPerMinute}m",
        _ => $"{duration.TotalSeconds:0.###}s",
    };
}
