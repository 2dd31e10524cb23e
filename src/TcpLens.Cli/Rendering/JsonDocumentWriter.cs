using System.Text.Encodings.Web;
using System.Text.Json;
using TcpLens.Protocol;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// JSON straight into the output buffer: one document, or one document a line for a stream. Every document names its schema; numbers
/// are numbers, with the unit in their name; what is not known is null and never missing.
/// <code>
/// json.BeginDocument("tcplens.list/1"u8, host, now);
/// json.BeginArray("sockets"u8);
/// …  json.BeginObject(); json.Number("rtt_us"u8, rtt); json.EndObject();
/// json.EndArray();
/// json.EndDocument();
/// </code>
/// </summary>
internal sealed class JsonDocumentWriter : IDisposable
{
    private readonly Utf8Writer _output;
    private readonly Utf8JsonWriter _json;

    public JsonDocumentWriter(Utf8Writer output)
    {
        _output = output;

        // The default encoder leaves nothing but ASCII. The relaxed one would let U+202E and its like through to a terminal.
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default });
    }

    /// <summary>Opens a document. The instant is written twice: for people (RFC 3339, UTC) and as microseconds since 1970.</summary>
    public void BeginDocument(ReadOnlySpan<byte> schema, string? host, DateTimeOffset takenAt)
    {
        _json.WriteStartObject();
        _json.WriteString("schema"u8, schema);
        Text("host"u8, host);
        Time("taken_at"u8, takenAt);
        Number("taken_at_us"u8, (takenAt.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>Closes the document and its line; the next one may begin. Whoever streams flushes the output now.</summary>
    public void EndDocument()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _output.WriteLine();
    }

    public void BeginObject() => _json.WriteStartObject();

    public void BeginObject(ReadOnlySpan<byte> name) => _json.WriteStartObject(name);

    public void EndObject() => _json.WriteEndObject();

    public void BeginArray(ReadOnlySpan<byte> name) => _json.WriteStartArray(name);

    public void EndArray() => _json.WriteEndArray();

    public void Null(ReadOnlySpan<byte> name) => _json.WriteNull(name);

    public void Number(ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } known)
        {
            _json.WriteNumber(name, known);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    public void Number(ReadOnlySpan<byte> name, ulong? number)
    {
        if (number is { } known)
        {
            _json.WriteNumber(name, known);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    /// <summary>JSON has no infinity and no NaN: those are unknown.</summary>
    public void Number(ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } known && double.IsFinite(known))
        {
            _json.WriteNumber(name, known);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    public void Flag(ReadOnlySpan<byte> name, bool? flag)
    {
        if (flag is { } known)
        {
            _json.WriteBoolean(name, known);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    /// <summary>Any text, hostile or broken: the result is valid JSON in valid UTF-8.</summary>
    public void Text(ReadOnlySpan<byte> name, string? text) => _json.WriteString(name, text);

    /// <summary>Our own words, in UTF-8.</summary>
    public void Word(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8) => _json.WriteString(name, utf8);

    /// <summary>RFC 3339 in UTC.</summary>
    public void Time(ReadOnlySpan<byte> name, DateTimeOffset? instant)
    {
        if (instant is { } known)
        {
            _json.WriteString(name, known.UtcDateTime);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    public void Address(ReadOnlySpan<byte> name, HostAddress address, IpFamily family)
    {
        Span<byte> text = stackalloc byte[Endpoint.MaxFormattedLength];
        address.TryFormat(text, out int length, family);
        _json.WriteString(name, text[..length]);
    }

    /// <summary>A name that is somebody else's, such as a setting's.</summary>
    public void Text(string name, string text) => _json.WriteString(name, text);

    public void NumberItem(long? number)
    {
        if (number is { } known)
        {
            _json.WriteNumberValue(known);
        }
        else
        {
            _json.WriteNullValue();
        }
    }

    /// <summary>An array of any texts, hostile ones too.</summary>
    public void Texts(ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (string text in texts)
        {
            _json.WriteStringValue(text);
        }

        _json.WriteEndArray();
    }

    public void NumberItem(long number) => _json.WriteNumberValue(number);

    public void Dispose() => _json.Dispose();
}
