using System.Text;
using System.Text.Encodings.Web;

namespace TcpLens.Cli;

/// <summary>Other people's words as they stand between JSON's quotation marks: ASCII alone, whatever they were.</summary>
internal static class JsonText
{
    /// <summary>An octet becomes six at most: \u00ff, or \ufffd where it is no UTF-8.</summary>
    public const int Growth = 6;

    /// <summary>Writes as many whole characters as fit, and gives the octets they take.</summary>
    public static int Encode(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        _ = JavaScriptEncoder.Default.EncodeUtf8(utf8, destination, out _, out int length);
        return length;
    }

    /// <summary>The first characters of a text, at most so many.</summary>
    public static byte[] Encode(string text, int charactersMax)
    {
        ReadOnlySpan<byte> utf8 = Encoding.UTF8.GetBytes(text.Length > charactersMax ? text[..charactersMax] : text);
        byte[] room = new byte[utf8.Length * Growth];
        return room[..Encode(utf8, room)];
    }
}
