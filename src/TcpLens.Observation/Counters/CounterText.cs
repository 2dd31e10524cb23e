using System.Buffers.Text;
using static TcpLens.Observation.ProcText;

namespace TcpLens.Observation;

/// <summary>
/// The text of /proc/net/{snmp,netstat,snmp6,sockstat,sockstat6}, parsed by name (net/ipv4/proc.c, net/ipv6/proc.c). Pure, and never
/// throws: what makes no sense is left out and reported to the builder.
/// </summary>
public static class CounterText
{
    /// <summary>Longest name taken; the kernel's longest is 33 octets.</summary>
    private const int NameMax = 64;

    /// <summary>snmp and netstat: a line "Tcp: ActiveOpens PassiveOpens …" and under it a line "Tcp: 12 34 …".</summary>
    public static void ParseTables(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        while (TakeLine(ref text, out ReadOnlySpan<byte> header))
        {
            if (header.IsEmpty)
            {
                continue;
            }

            if (!TakeLine(ref text, out ReadOnlySpan<byte> values) || !SameTable(header, values, out int tableLength))
            {
                into.Report($"the names of {Quote(header)} have no values under them");
                return;
            }

            ReadOnlySpan<byte> table = header[..tableLength];
            header = header[(tableLength + 1)..];
            values = values[(tableLength + 1)..];
            if (CountWords(header) != CountWords(values))
            {
                // One column too few or too many, and every number behind it would stand under a wrong name.
                into.Report($"{Quote(table)}: {CountWords(header)} names but {CountWords(values)} values");
                continue;
            }

            while (TakeWord(ref header, out ReadOnlySpan<byte> name) && TakeWord(ref values, out ReadOnlySpan<byte> value))
            {
                Add(into, "", table, name, value);
            }
        }
    }

    /// <summary>snmp6: a line "Ip6InReceives 123" each; the table's name ends with its digit 6.</summary>
    public static void ParseSnmp6(ReadOnlySpan<byte> text, CounterSetBuilder into)
    {
        while (TakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (TakeWord(ref line, out ReadOnlySpan<byte> name) && TakeWord(ref line, out ReadOnlySpan<byte> value))
            {
                int table = name.IndexOf((byte)'6') + 1;
                Add(into, "", name[..table], name[table..], value);
            }
        }
    }

    /// <summary>
    /// sockstat and sockstat6: "TCP: inuse 1 orphan 0 …" becomes "sockstat TCP.inuse", "sockstat TCP.orphan", …; the name of the
    /// file is the first word.
    /// </summary>
    public static void ParseSockstat(ReadOnlySpan<byte> text, string file, CounterSetBuilder into)
    {
        while (TakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> words = line[(colon + 1)..];
            while (TakeWord(ref words, out ReadOnlySpan<byte> name) && TakeWord(ref words, out ReadOnlySpan<byte> value))
            {
                Add(into, file, line[..colon], name, value);
            }
        }
    }

    private static void Add(
        CounterSetBuilder into, string prefix, ReadOnlySpan<byte> table, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[NameMax];
        if (!TryJoin(text, prefix, table, name, out int length))
        {
            into.Report($"{Quote(name)} of {Quote(table)} is not the name of a counter");
        }
        else if (!Utf8Parser.TryParse(value, out long number, out int used) || used != value.Length)
        {
            into.Report($"{text[..length]}: {Quote(value)} is not a number of 63 bits");
        }
        else
        {
            into.Add(text[..length], number);
        }
    }

    /// <summary>"prefix table.name"; without a table just the name.</summary>
    private static bool TryJoin(Span<char> text, string prefix, ReadOnlySpan<byte> table, ReadOnlySpan<byte> name, out int length)
    {
        length = 0;
        if (name.IsEmpty || prefix.Length + table.Length + name.Length + 2 > text.Length)
        {
            return false;
        }

        if (prefix.Length > 0)
        {
            prefix.CopyTo(text);
            text[prefix.Length] = ' ';
            length = prefix.Length + 1;
        }

        if (!table.IsEmpty)
        {
            if (!TryCopy(table, text, ref length))
            {
                return false;
            }

            text[length++] = '.';
        }

        return TryCopy(name, text, ref length);
    }

    private static bool TryCopy(ReadOnlySpan<byte> word, Span<char> text, ref int length)
    {
        foreach (byte octet in word)
        {
            if (octet is <= (byte)' ' or >= 0x7f)
            {
                return false;
            }

            text[length++] = (char)octet;
        }

        return true;
    }

    private static bool SameTable(ReadOnlySpan<byte> header, ReadOnlySpan<byte> values, out int length)
    {
        length = header.IndexOf((byte)':');
        return length >= 0 && values.StartsWith(header[..(length + 1)]);
    }
}
