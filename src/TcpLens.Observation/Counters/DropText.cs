using System.Buffers.Text;
using static TcpLens.Observation.ProcText;

namespace TcpLens.Observation;

/// <summary>
/// The text of /proc files that count what is lost outside of TCP: softnet_stat (net/core/net-procfs.c), stat/nf_conntrack
/// (net/netfilter/nf_conntrack_standalone.c), dev, and fs/file-nr. Pure, and never throws: what makes no sense is left out and
/// reported to the builder.
/// </summary>
public static class DropText
{
    /// <summary>Devices taken from one text; a host of containers has two for each.</summary>
    public const int DevicesMax = 512;

    private const int DeviceNameMax = 15;       // IFNAMSIZ is 16 with its zero (linux/if.h).
    private const int DeviceColumns = 16;
    private const int ReceiveErrors = 2;
    private const int ReceiveDropped = 3;
    private const int TransmitErrors = 10;
    private const int TransmitDropped = 11;

    private static readonly string[] ConntrackSums = ["drop", "early_drop", "insert_failed", "invalid"];

    /// <summary>
    /// softnet_stat: a line of hexadecimal numbers for each CPU, of which the second counts segments dropped for want of room in the
    /// backlog, and the third the times that work was left when the budget was spent. The sums, for the whole host.
    /// </summary>
    public static void ParseSoftnet(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        long dropped = 0, squeezed = 0;
        bool sawLine = false;
        while (TakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (!TakeHex(ref line, out _) || !TakeHex(ref line, out uint drops) || !TakeHex(ref line, out uint squeezes))
            {
                into.Report($"softnet_stat: {Quote(line)} does not go on with numbers");
                return;
            }

            (dropped, squeezed, sawLine) = (dropped + drops, squeezed + squeezes, true);
        }

        if (sawLine)
        {
            into.Add("softnet.dropped", dropped);
            into.Add("softnet.time_squeezed", squeezed);
        }
    }

    /// <summary>
    /// stat/nf_conntrack: a line of names, and under it a line of hexadecimal numbers for each CPU. The entries are the namespace's
    /// and the same in each line; the rest is summed.
    /// </summary>
    public static void ParseConntrack(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        _ = TakeLine(ref text, out ReadOnlySpan<byte> names);
        Span<long> sums = stackalloc long[ConntrackSums.Length];
        Span<bool> isThere = stackalloc bool[ConntrackSums.Length];
        long? entries = null;
        while (TakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> header = names;
            if (CountWords(header) != CountWords(line))
            {
                into.Report($"nf_conntrack: {CountWords(header)} names but {CountWords(line)} values");
                return;
            }

            while (TakeWord(ref header, out ReadOnlySpan<byte> name))
            {
                if (!TakeHex(ref line, out uint value))
                {
                    into.Report($"nf_conntrack: {Quote(name)} is not a number");
                    return;
                }

                entries = name.SequenceEqual("entries"u8) ? value : entries;
                int which = PlaceOf(name);
                if (which >= 0)
                {
                    sums[which] += value;
                    isThere[which] = true;
                }
            }
        }

        if (entries is { } count)
        {
            into.Add("conntrack.entries", count);
        }

        for (int i = 0; i < sums.Length; i++)
        {
            if (isThere[i])
            {
                into.Add($"conntrack.{ConntrackSums[i]}", sums[i]);
            }
        }
    }

    /// <summary>net/dev: two lines of headings, then "  eth0: …", eight numbers of what was received and eight of what was sent.</summary>
    public static void ParseDevices(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        int devices = 0;
        while (TakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;   // The headings have bars and no colon.
            }

            if (devices++ == DevicesMax)
            {
                into.Report($"more than {DevicesMax} devices: the rest was left out");
                return;
            }

            AddDevice(line[..colon].Trim((byte)' '), line[(colon + 1)..], into);
        }
    }

    /// <summary>sys/fs/file-nr: files that are open on the whole host, 0, and the limit.</summary>
    public static void ParseFileCount(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        if (TakeWord(ref text, out ReadOnlySpan<byte> word) && TakeNumber(word, out long allocated))
        {
            into.Add("file-nr.allocated", allocated);
        }
        else
        {
            into.Report($"file-nr: {Quote(word)} is not a number");
        }
    }

    private static void AddDevice(ReadOnlySpan<byte> name, ReadOnlySpan<byte> values, CounterSetBuilder into)
    {
        Span<long> numbers = stackalloc long[DeviceColumns];
        Span<char> text = stackalloc char[DeviceNameMax];
        if (!TryCopyName(name, text, out int length))
        {
            into.Report($"{Quote(name)} is not a device's name");
            return;
        }

        foreach (ref long number in numbers)
        {
            if (!TakeWord(ref values, out ReadOnlySpan<byte> word) || !TakeNumber(word, out number))
            {
                into.Report($"device {text[..length]}: {Quote(word)} is not a number");
                return;
            }
        }

        into.Add($"device {text[..length]}.rx_errors", numbers[ReceiveErrors]);
        into.Add($"device {text[..length]}.rx_dropped", numbers[ReceiveDropped]);
        into.Add($"device {text[..length]}.tx_errors", numbers[TransmitErrors]);
        into.Add($"device {text[..length]}.tx_dropped", numbers[TransmitDropped]);
    }

    /// <summary>A name may be anything without a blank, a slash and a colon; only what can be shown as it is becomes part of a name here.</summary>
    private static bool TryCopyName(ReadOnlySpan<byte> name, Span<char> text, out int length)
    {
        length = name.Length;
        if (name.IsEmpty || name.Length > text.Length)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is <= (byte)' ' or >= 0x7f)
            {
                return false;
            }

            text[i] = (char)name[i];
        }

        return true;
    }

    private static int PlaceOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < ConntrackSums.Length; i++)
        {
            if (name.Length == ConntrackSums[i].Length && System.Text.Ascii.Equals(name, ConntrackSums[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TakeHex(ref ReadOnlySpan<byte> line, out uint value)
    {
        value = 0;
        return TakeWord(ref line, out ReadOnlySpan<byte> word)
            && Utf8Parser.TryParse(word, out value, out int used, 'x') && used == word.Length;
    }

    private static bool TakeNumber(ReadOnlySpan<byte> word, out long value)
        => Utf8Parser.TryParse(word, out value, out int used) && used == word.Length;
}
