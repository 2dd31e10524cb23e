using System.Buffers.Text;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// One JSON object on its way into the output buffer, by hand: a writer that checks each name and value would take most of the time there is for an
/// event. Names and words are ours, in plain ASCII; other people's come as they have to stand between the quotation marks.
/// </summary>
/// <param name="room">Where to; there must be room for the whole line, and nobody checks.</param>
internal ref struct TraceJsonLine(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private int _at;

    /// <summary>Octets written.</summary>
    public readonly int Length => _at;

    /// <summary>Anything that is JSON already.</summary>
    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(_room[_at..]);
        _at += json.Length;
    }

    public void Number(ReadOnlySpan<byte> name, ulong number)
    {
        Name(name);
        Utf8Formatter.TryFormat(number, _room[_at..], out int length);
        _at += length;
    }

    /// <summary>Null for 0, which stands for "not known" in a record.</summary>
    public void NumberOrNull(ReadOnlySpan<byte> name, ulong number)
    {
        if (number == 0)
        {
            Null(name);
        }
        else
        {
            Number(name, number);
        }
    }

    public void Number(ReadOnlySpan<byte> name, ulong? number)
    {
        if (number is { } known)
        {
            Number(name, known);
        }
        else
        {
            Null(name);
        }
    }

    public void Flag(ReadOnlySpan<byte> name, bool flag)
    {
        Name(name);
        Raw(flag ? "true"u8 : "false"u8);
    }

    public void Null(ReadOnlySpan<byte> name)
    {
        Name(name);
        Raw("null"u8);
    }

    /// <summary>Our own word; none is null.</summary>
    public void Word(ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> ascii)
    {
        Name(name);
        if (ascii.IsEmpty)
        {
            Raw("null"u8);
            return;
        }

        Quote();
        Raw(ascii);
        Quote();
    }

    /// <summary>Other people's words, escaped already.</summary>
    public void Text(ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> escaped)
    {
        Name(name);
        Quote();
        Raw(escaped);
        Quote();
    }

    public void Time(ReadOnlySpan<byte> name, TraceTime time, ulong atNanoseconds)
    {
        Name(name);
        Quote();
        var text = new TraceLine(_room[_at..]);
        time.Write(ref text, atNanoseconds);
        _at += text.Length;
        Raw("Z\""u8);
    }

    public void Address(ReadOnlySpan<byte> name, HostAddress address, IpFamily family)
    {
        Name(name);
        Quote();
        address.TryFormat(_room[_at..], out int length, family);
        _at += length;
        Quote();
    }

    /// <summary>A number as people write addresses in memory.</summary>
    public void Hex(ReadOnlySpan<byte> name, ulong number)
    {
        Name(name);
        if (number == 0)
        {
            Raw("null"u8);
            return;
        }

        Raw("\"0x"u8);
        Utf8Formatter.TryFormat(number, _room[_at..], out int length, 'x');
        _at += length;
        Quote();
    }

    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        _room[_at++] = (byte)'[';
    }

    public void Item(ReadOnlySpan<byte> word)
    {
        if (_room[_at - 1] != (byte)'[')
        {
            _room[_at++] = (byte)',';
        }

        Quote();
        Raw(word);
        Quote();
    }

    public void EndArray() => _room[_at++] = (byte)']';

    public void Name(ReadOnlySpan<byte> name)
    {
        _room[_at++] = (byte)',';
        Quote();
        Raw(name);
        Quote();
        _room[_at++] = (byte)':';
    }

    private void Quote() => _room[_at++] = (byte)'"';
}
