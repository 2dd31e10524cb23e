namespace TcpLens.Capture;

/// <summary>From an interface's ticks to nanoseconds since the epoch: pcapng's if_tsresol and if_tsoffset.</summary>
internal readonly struct TimeScale
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly ulong _multiplier;
    private readonly ulong _divisor;
    private readonly int _shift;
    private readonly long _offsetNanoseconds;

    private TimeScale(ulong multiplier, ulong divisor, int shift, long offsetNanoseconds)
        => (_multiplier, _divisor, _shift, _offsetNanoseconds) = (multiplier, divisor, shift, offsetNanoseconds);

    /// <summary>Without the options: microseconds.</summary>
    public static TimeScale Default { get; } = From(6, 0);

    /// <param name="resolution">A power of ten, or of two where the high bit is set; both negative.</param>
    /// <param name="offsetSeconds">To be added.</param>
    public static TimeScale From(byte resolution, long offsetSeconds)
    {
        int exponent = resolution & 0x7f;
        long offset = unchecked(offsetSeconds * NanosecondsPerSecond);
        return (resolution & 0x80) != 0 ? new(0, 1, exponent, offset)
            : exponent <= 9 ? new(PowerOfTen(9 - exponent), 1, 0, offset)
            : new(1, PowerOfTen(Math.Min(exponent - 9, 19)), 0, offset);
    }

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
