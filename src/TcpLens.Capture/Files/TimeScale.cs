namespace TcpLens.Capture;

/// <summary>From an interface's ticks to nanoseconds since the epoch: pcapng's if_tsresol and if_tsoffset.</summary>
internal readonly struct TimeScale
{
    /// <summary>Microseconds: what pcapng has where nothing is said.</summary>
    public const byte DefaultResolution = 6;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const byte PowersOfTwo = 0x80;

    private readonly ulong _multiplier;
    private readonly ulong _divisor;
    private readonly int _shift;
    private readonly long _offsetNanoseconds;

    /// <param name="resolution">A power of ten, or of two where the high bit is set; both negative.</param>
    /// <param name="offsetSeconds">To be added.</param>
    public TimeScale(byte resolution, long offsetSeconds)
    {
        int exponent = resolution & ~PowersOfTwo;
        bool isBinary = (resolution & PowersOfTwo) != 0;
        _offsetNanoseconds = unchecked(offsetSeconds * NanosecondsPerSecond);
        _shift = isBinary ? exponent : 0;
        _multiplier = isBinary ? 0 : PowerOfTen(Math.Max(9 - exponent, 0));
        _divisor = isBinary ? 1 : PowerOfTen(Math.Clamp(exponent - 9, 0, 19));
        TicksPerSecond = Math.Pow(isBinary ? 2 : 10, exponent);
    }

    public double TicksPerSecond { get; }

    /// <summary>Times beyond the year 2262 wrap, as everything in 64 bits of nanoseconds does.</summary>
    public long ToNanoseconds(ulong ticks) => unchecked(_offsetNanoseconds + (long)(
        _multiplier == 0 ? (ulong)(((UInt128)ticks * NanosecondsPerSecond) >> _shift)
        : _divisor == 1 ? ticks * _multiplier
        : ticks / _divisor));

    private static ulong PowerOfTen(int exponent)
    {
        ulong power = 1;
        for (int step = 0; step < exponent; step++)
        {
            power *= 10;
        }

        return power;
    }
}
