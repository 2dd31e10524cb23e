using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Reads TCP options between "&lt;" and "&gt;".</summary>
internal sealed class ScriptOptionParser(ScriptCursor cursor)
{
    private readonly ScriptCursor _cursor = cursor;

    /// <summary>The first option that the runner does not know.</summary>
    public string? Unsupported { get; private set; }

    /// <summary>Null for "...".</summary>
    public IReadOnlyList<ScriptOption>? List()
    {
        if (_cursor.TryTake("..."))
        {
            _cursor.Expect(">");
            return null;
        }

        var options = new List<ScriptOption>();
        do
        {
            if (Option() is { } option)
            {
                options.Add(option);
            }
        }
        while (_cursor.TryTake(","));
        _cursor.Expect(">");
        return options;
    }

    private ScriptOption? Option()
    {
        string name = _cursor.ExpectName("an option");
        switch (name)
        {
            case "nop":
                return new(TcpOptionKind.NoOperation);
            case "eol":
                return new(TcpOptionKind.End);
            case "sackOK":
                return new(TcpOptionKind.SackPermitted);
            case "mss":
                return new(TcpOptionKind.MaximumSegmentSize, (uint)_cursor.ExpectInteger("a segment size", 0, ushort.MaxValue));
            case "wscale":
                return new(TcpOptionKind.WindowScale, (uint)_cursor.ExpectInteger("a shift", 0, byte.MaxValue));
            case "TS":
                return Timestamps();
            case "sack":
                return Sack();
            default:
                Unsupported ??= $"option {name}";
                _cursor.TakeWhile(static c => c is not (',' or '>' or '\n'));
                return null;
        }
    }

    private ScriptOption Timestamps()
    {
        _cursor.Expect("val");
        uint value = _cursor.ExpectNumber32("a timestamp");
        _cursor.Expect("ecr");
        return new(TcpOptionKind.Timestamps, value, _cursor.ExpectNumber32("a timestamp"));
    }

    private ScriptOption Sack()
    {
        var blocks = new List<(uint, uint)>();
        while (_cursor.TryTakeInteger() is { } left)
        {
            _cursor.Expect(":");
            blocks.Add(((uint)left, _cursor.ExpectNumber32("the right edge of a block")));
        }

        return blocks.Count is > 0 and <= 4 ? new(TcpOptionKind.Sack, Blocks: blocks) : throw _cursor.Expected("one to four blocks");
    }
}
