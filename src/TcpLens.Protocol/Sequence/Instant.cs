namespace TcpLens.Protocol;

/// <summary>
/// A point in time as an argument: nanoseconds since an origin that the driver chose (boot, the epoch, the start of a
/// simulation). Instants of one origin can be compared; those of two cannot, and nothing here can tell.
/// </summary>
/// <param name="Nanoseconds">±292 years around the origin.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    /// <summary>"Never": later than every other instant.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Saturates: an instant beyond the range is <see cref="Never"/>, or the earliest there is.</summary>
    public static Instant operator +(Instant left, TimeSpan right)
    {
        Int128 sum = left.Nanoseconds + ((Int128)right.Ticks * TimeSpan.NanosecondsPerTick);
        return new((long)Int128.Clamp(sum, long.MinValue, long.MaxValue));
    }

    /// <summary>Exact to 100 ns, the grain of a TimeSpan; what is finer is cut off towards zero.</summary>
    public static TimeSpan operator -(Instant left, Instant right)
        => new((long)(((Int128)left.Nanoseconds - right.Nanoseconds) / TimeSpan.NanosecondsPerTick));

    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;
}
