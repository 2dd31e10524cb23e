using System.Globalization;

namespace TcpLens.Observation.Filters;

/// <summary>Numbers with units, as people write them: 1.5ms, 64k, 0x1f.</summary>
internal static class Quantity
{
    private static readonly (string Name, ulong Scale)[] Durations =
    [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1), ("min", 60_000_000), ("µs", 1),
    ];

    private static readonly (string Name, ulong Scale)[] Sizes =
    [
        ("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10), ("b", 1),
        ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10),
    ];

    /// <summary>Null and a complaint when the text is no such quantity; the suggestion may be empty.</summary>
    public static ulong? Parse(string text, FieldUnit unit, out string complaint, out string? suggestion)
    {
        complaint = "";
        suggestion = null;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && unit == FieldUnit.Count
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out ulong hex))
        {
            return hex;
        }

        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        (string number, string suffix) = (text[..end], text[end..]);
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
        {
            complaint = $"“{text}” is not a number";
            return null;
        }

        if (ScaleOf(suffix, unit, value) is not { } scale)
        {
            (complaint, suggestion) = Complain(number, suffix, unit);
            return null;
        }

        if (value > ulong.MaxValue / scale)
        {
            complaint = $"“{text}” is too large";
            return null;
        }

        value *= scale;
        if (value != decimal.Truncate(value))
        {
            complaint = unit == FieldUnit.Duration ? "a duration is a whole number of microseconds" : "a count is a whole number";
            return null;
        }

        return (ulong)value;
    }

    public static string Print(ulong value, FieldUnit unit)
    {
        if (value == 0 || unit == FieldUnit.Count)
        {
            return $"{value}";
        }

        foreach ((string name, ulong scale) in unit == FieldUnit.Duration ? Durations : Sizes)
        {
            if (value % scale == 0)
            {
                return scale == 1 && unit == FieldUnit.Octets ? $"{value}" : $"{value / scale}{name}";
            }
        }

        return $"{value}";
    }

    private static ulong? ScaleOf(string suffix, FieldUnit unit, decimal value)
    {
        if (suffix.Length == 0)
        {
            return unit != FieldUnit.Duration || value == 0 ? 1 : null;
        }

        if (unit != FieldUnit.Count)
        {
            foreach ((string name, ulong scale) in unit == FieldUnit.Duration ? Durations : Sizes)
            {
                if (suffix.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return scale;
                }
            }
        }

        return null;
    }

    private static (string Complaint, string? Suggestion) Complain(string number, string suffix, FieldUnit unit) => (unit, suffix) switch
    {
        (FieldUnit.Count, _) => ("a count has no unit", number),
        (FieldUnit.Duration, "") => ("a duration needs a unit: us, ms, s, m, h or d", number + "ms"),
        (FieldUnit.Duration, _) => ($"“{suffix}” is no unit of time: us, ms, s, m, h or d", number + "ms"),
        (FieldUnit.Octets, _) => ($"“{suffix}” is no unit of size: k, M or G (1024, 1024², 1024³ octets)", number + "k"),
    };
}
