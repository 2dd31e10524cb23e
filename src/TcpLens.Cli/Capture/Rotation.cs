using System.Globalization;

namespace TcpLens.Cli;

/// <summary>
/// When a capture goes on in a new file, and how many files are kept: <c>--rotate 100MB</c>, <c>--rotate 10min,6files</c>,
/// <c>--rotate 1GB,1h,50000packets</c>. Whatever comes first begins the new file.
/// </summary>
internal sealed record Rotation
{
    public const string Grammar = "a size (100MB), a time (10min), a number of packets (50000packets), how many files to keep (5files), or several of them with commas";

    private const long SmallestFile = 10_000;

    /// <summary>Octets that a file is not to exceed; a packet that alone is larger goes in all the same.</summary>
    public long? Octets { get; init; }

    public TimeSpan? Time { get; init; }

    public long? Packets { get; init; }

    /// <summary>The newest so many are kept, those before them deleted.</summary>
    public int? Files { get; init; }

    /// <exception cref="UsageException">It is none.</exception>
    public static Rotation Parse(string text)
    {
        var rotation = new Rotation();
        foreach (string part in text.Split([',', '/', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            rotation = rotation.With(part);
        }

        return rotation is { Octets: null, Time: null, Packets: null }
            ? throw new UsageException($"--rotate {text}: say when a file is full: {Grammar}")
            : rotation;
    }

    private Rotation With(string part)
    {
        if (TryCount(part, "files", "file", out long files) && files is > 0 and <= 1_000_000)
        {
            return this with { Files = (int)files };
        }

        if (TryCount(part, "packets", "packet", out long packets) && packets > 0)
        {
            return this with { Packets = packets };
        }

        // "1m" would be a minute to one and a megabyte to another.
        if (part.EndsWith('m') && char.IsAsciiDigit(part[^2..][0]))
        {
            throw new UsageException($"--rotate {part}: say {part[..^1]}min or {part[..^1]}MB");
        }

        if (!char.IsAsciiDigit(part[^1]) && Duration.TryParse(part, out TimeSpan time) && time > TimeSpan.Zero)
        {
            return this with { Time = time };
        }

        return ByteSize.TryParse(part, out long octets) && !char.IsAsciiDigit(part[^1])
            ? this with { Octets = Math.Max(octets, SmallestFile) }
            : throw new UsageException($"--rotate {part}: say {Grammar}");
    }

    private static bool TryCount(string text, string many, string one, out long count)
    {
        string? number = text.EndsWith(many, StringComparison.OrdinalIgnoreCase) ? text[..^many.Length]
            : text.EndsWith(one, StringComparison.OrdinalIgnoreCase) ? text[..^one.Length]
            : null;
        count = 0;
        return number is not null && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}
