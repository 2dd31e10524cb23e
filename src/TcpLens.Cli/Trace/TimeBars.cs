using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The times spent in a state as a row of small bars, each for times up to four times as long as the one before.</summary>
internal static class TimeBars
{
    /// <summary>A microsecond, a millisecond and a second are 5 bars apart.</summary>
    public const string Scale = "1us  1ms  1s";

    private const int Count = 15;         // The last is for what lasted longer than four minutes.
    private const int FirstBucket = 10;   // 1024 ns
    private const int BucketsPerBar = 2;
    private const int Levels = 8;

    public static void Write(Utf8Writer output, TransitionCounts counts, TcpState state, bool unicode)
    {
        Span<ulong> bars = stackalloc ulong[Count];
        ReadOnlySpan<ulong> buckets = counts.TimesIn(state);
        for (int i = 0; i < buckets.Length; i++)
        {
            bars[Math.Clamp((i - FirstBucket) / BucketsPerBar, 0, bars.Length - 1)] += buckets[i];
        }

        ulong highest = 1;
        foreach (ulong bar in bars)
        {
            highest = Math.Max(highest, bar);
        }

        foreach (ulong bar in bars[..(bars.LastIndexOfAnyExcept(0ul) + 1)])
        {
            int level = bar == 0 ? 0 : Math.Max(1, (int)Math.Round((double)bar / highest * Levels));
            WriteBar(output, level, unicode);
        }
    }

    /// <summary>U+2581 is one eighth of a block, and so on up to U+2588, a whole one.</summary>
    private static void WriteBar(Utf8Writer output, int level, bool unicode)
    {
        if (!unicode)
        {
            output.Write(" .:-=+*#@"u8[level]);
        }
        else if (level == 0)
        {
            output.Write((byte)' ');
        }
        else
        {
            output.Write([0xe2, 0x96, (byte)(0x80 + level)]);
        }
    }
}
