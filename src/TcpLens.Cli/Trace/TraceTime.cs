namespace TcpLens.Cli;

/// <summary>The time of a record, to the microsecond: of day, in a time zone, or in seconds since 1970. What changes once a second is written once a second.</summary>
internal sealed class TraceTime(TraceClock clock, TimeZoneInfo zone, bool isEpoch)
{
    private const long Second = 1_000_000_000;

    private readonly byte[] _text = new byte[32];
    private int _length;
    private long _second = long.MinValue;

    /// <summary>Cells it takes.</summary>
    public int Width => isEpoch ? "1760291567.123456".Length : "17:52:47.123456".Length;

    public void Write(ref TraceLine line, ulong atNanoseconds)
    {
        long wall = clock.WallOf(atNanoseconds);
        (long second, long rest) = Math.DivRem(wall, Second);
        if (rest < 0)
        {
            (second, rest) = (second - 1, rest + Second);
        }

        if (second != _second)
        {
            Begin(second);
        }

        line.Word(_text.AsSpan(0, _length));
        line.Digits((uint)(rest / 1000), 6);
    }

    private void Begin(long second)
    {
        _second = second;
        var text = new TraceLine(_text);
        if (isEpoch)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(second, _text, out _length);
            _text[_length++] = (byte)'.';
            return;
        }

        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddSeconds(second);
        DateTime local = time.UtcDateTime + zone.GetUtcOffset(time);
        text.Digits((uint)local.Hour, 2);
        text.Octet((byte)':');
        text.Digits((uint)local.Minute, 2);
        text.Octet((byte)':');
        text.Digits((uint)local.Second, 2);
        text.Octet((byte)'.');
        _length = text.Length;
    }
}
