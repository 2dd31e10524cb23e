using System.Buffers.Text;

namespace TcpLens.Cli;

/// <summary>The ways to write when something happened.</summary>
internal enum TimeForm
{
    /// <summary>17:52:47.123456, in a time zone.</summary>
    OfDay,

    /// <summary>1760291567.123456, seconds since 1970.</summary>
    Epoch,

    /// <summary>2025-10-12T17:52:47.123456, to be followed by the Z of UTC.</summary>
    Rfc3339,
}

/// <summary>The time of a record, to the microsecond. What changes once a second is written once a second.</summary>
internal sealed class TraceTime(TraceClock clock, TimeZoneInfo zone, TimeForm form)
{
    private const long Second = 1_000_000_000;

    private readonly byte[] _text = new byte[40];
    private int _length;
    private long _second = long.MinValue;

    /// <summary>Cells it takes.</summary>
    public int Width => form == TimeForm.Epoch ? "1760291567.123456".Length : "17:52:47.123456".Length;

    /// <summary>Microseconds since 1970; 0 for what was before.</summary>
    public ulong MicrosecondsOf(ulong atNanoseconds) => (ulong)Math.Max(0, clock.WallOf(atNanoseconds) / 1000);

    public void Write(ref TraceLine line, ulong atNanoseconds)
    {
        (long second, long rest) = Math.DivRem(clock.WallOf(atNanoseconds), Second);
        if (rest < 0)
        {
            (second, rest) = (second - 1, rest + Second);
        }

        if (second != _second)
        {
            _second = second;
            _length = Begin(second);
        }

        line.Word(_text.AsSpan(0, _length));
        (uint milliseconds, uint microseconds) = Math.DivRem((uint)(rest / 1000), 1000);
        line.Triple(milliseconds);
        line.Triple(microseconds);
    }

    /// <summary>All that stands before the microseconds.</summary>
    private int Begin(long second)
    {
        if (form == TimeForm.Epoch)
        {
            Utf8Formatter.TryFormat(second, _text, out int digits);
            _text[digits] = (byte)'.';
            return digits + 1;
        }

        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddSeconds(second);
        var text = new TraceLine(_text);
        if (form == TimeForm.Rfc3339)
        {
            WriteDate(ref text, time.UtcDateTime);
            text.Octet((byte)'T');
            WriteTime(ref text, time.UtcDateTime);
        }
        else
        {
            WriteTime(ref text, time.UtcDateTime + zone.GetUtcOffset(time));
        }

        return text.Length;
    }

    private static void WriteDate(ref TraceLine text, DateTime time)
    {
        text.Pair((uint)time.Year / 100);
        text.Pair((uint)time.Year % 100);
        text.Octet((byte)'-');
        text.Pair((uint)time.Month);
        text.Octet((byte)'-');
        text.Pair((uint)time.Day);
    }

    private static void WriteTime(ref TraceLine text, DateTime time)
    {
        text.Pair((uint)time.Hour);
        text.Octet((byte)':');
        text.Pair((uint)time.Minute);
        text.Octet((byte)':');
        text.Pair((uint)time.Second);
        text.Octet((byte)'.');
    }
}
