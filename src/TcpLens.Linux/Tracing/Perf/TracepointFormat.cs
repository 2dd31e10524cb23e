using System.Globalization;
using System.Text;

namespace TcpLens.Linux;

/// <summary>Where a field stands in a tracepoint's record, and its length, in octets.</summary>
internal readonly record struct TracepointField(int Offset, int Length);

/// <summary>
/// A tracepoint's record, as the running kernel describes it (events/SYSTEM/NAME/format in tracefs): fields move and come and go between
/// versions. Foreign octets: what cannot be understood is passed over, never an exception.
/// </summary>
internal sealed class TracepointFormat
{
    private const int LongestRecord = 8192;   // PERF_MAX_TRACE_SIZE, linux/trace_events.h
    private const string SymbolCall = "__print_symbolic(";

    private readonly Dictionary<string, TracepointField> _fields = [];
    private string _print = "";

    private TracepointFormat(uint id) => Id = id;

    /// <summary>The kernel's number for the tracepoint, until it boots again; every record begins with it.</summary>
    public uint Id { get; }

    /// <summary>Null when this kernel's record has no such field.</summary>
    public TracepointField? this[string name] => _fields.TryGetValue(name, out TracepointField field) ? field : null;

    /// <summary>Null when the text does not tell the tracepoint's number.</summary>
    public static TracepointFormat? Parse(ReadOnlySpan<byte> text)
    {
        string lines = Encoding.UTF8.GetString(text);
        TracepointFormat? format = null;
        foreach (ReadOnlySpan<char> each in lines.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = each.Trim();
            if (format is null)
            {
                format = TryAfter(line, "ID:", out ReadOnlySpan<char> number) && uint.TryParse(number, NumberStyles.None, null, out uint id)
                    ? new TracepointFormat(id)
                    : null;
            }
            else if (TryAfter(line, "field:", out ReadOnlySpan<char> field))
            {
                format.AddField(field);
            }
            else if (TryAfter(line, "print fmt:", out ReadOnlySpan<char> print))
            {
                format._print = print.ToString();
            }
        }

        return format;
    }

    /// <summary>
    /// The names that the kernel prints for a field's numbers, without the prefix if they have it; null when it prints the number itself.
    /// A number without a name has "", and an entry whose number is spelled in words, as older kernels do, is passed over.
    /// </summary>
    public IReadOnlyList<string>? Symbols(string field, string prefix = "")
    {
        ReadOnlySpan<char> rest = _print;
        while (rest.IndexOf(SymbolCall) is >= 0 and var call)
        {
            rest = rest[(call + SymbolCall.Length)..];
            int comma = rest.IndexOf(',');
            if (comma >= 0 && rest[..comma].Trim().EndsWith("->" + field))
            {
                return ReadSymbols(rest[(comma + 1)..], prefix);
            }
        }

        return null;
    }

    /// <summary>"const void * skaddr; offset:8; size:8; signed:0;", "__u8 saddr[4]; offset:…".</summary>
    private void AddField(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf(';');
        if (end < 0 || Number(text, "offset:") is not { } offset || Number(text, "size:") is not { } length || offset + length > LongestRecord)
        {
            return;
        }

        ReadOnlySpan<char> declaration = text[..end];
        int bracket = declaration.IndexOf('[');
        declaration = (bracket < 0 ? declaration : declaration[..bracket]).TrimEnd();
        string name = declaration[(declaration.LastIndexOfAny(" *") + 1)..].ToString();
        _ = _fields.TryAdd(name, new TracepointField(offset, length));
    }

    private static int? Number(ReadOnlySpan<char> text, string key)
    {
        int at = text.IndexOf(key);
        int end = at < 0 ? -1 : text[at..].IndexOf(';');
        return end >= 0 && int.TryParse(text[(at + key.Length)..(at + end)], NumberStyles.None, null, out int number) && number <= LongestRecord
            ? number
            : null;
    }

    /// <summary>{ 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, …: as far as it makes sense.</summary>
    private static IReadOnlyList<string> ReadSymbols(ReadOnlySpan<char> text, string prefix)
    {
        NamesByNumber names = new();
        while ((text = text.TrimStart(", ")).StartsWith("{")
            && text.IndexOf('"') is > 0 and var open
            && text[(open + 1)..].IndexOf('"') is >= 0 and var length
            && text[(open + 1 + length)..].IndexOf('}') is >= 0 and var close)
        {
            ReadOnlySpan<char> name = text.Slice(open + 1, length);
            if (TryNumber(text[1..open].Trim(", "), out uint number))
            {
                names.Add(number, (name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name).ToString());
            }

            text = text[(open + 1 + length + close + 1)..];
        }

        return names.All;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out uint number)
        => text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, null, out number)
            : uint.TryParse(text, NumberStyles.None, null, out number);

    private static bool TryAfter(ReadOnlySpan<char> line, string key, out ReadOnlySpan<char> rest)
    {
        bool found = line.StartsWith(key, StringComparison.Ordinal);
        rest = found ? line[key.Length..].Trim() : default;
        return found;
    }
}
