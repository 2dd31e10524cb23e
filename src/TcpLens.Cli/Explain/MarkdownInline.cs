using System.Text;

namespace TcpLens.Cli.Explain;

/// <summary>The marks inside of a line of Markdown.</summary>
internal static class MarkdownInline
{
    /// <summary>
    /// Without marks: code and emphasis as they read, a link as its text and, when it leads out of the guide, its address behind it.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        bool isEmphasis = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '`' && text.IndexOf('`', i + 1) is > 0 and var end)
            {
                plain.Append(text, i + 1, end - i - 1);
                i = end;
            }
            else if (text[i] == '[' && TryLink(text, i, out string shown, out int after))
            {
                plain.Append(shown);
                i = after - 1;
            }
            else if (text[i] == '*' && IsMark(text, i, isEmphasis))
            {
                isEmphasis = !isEmphasis;
                i += i + 1 < text.Length && text[i + 1] == '*' ? 1 : 0;
            }
            else if (text[i] == '\\' && i + 1 < text.Length && char.IsPunctuation(text[i + 1]))
            {
                plain.Append(text[++i]);
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    /// <summary>Emphasis opens before a word and closes behind one; a star in a sum, 2*(v-60), is a star.</summary>
    private static bool IsMark(string text, int at, bool isOpen)
    {
        int after = text.AsSpan(at).StartsWith("**") ? at + 2 : at + 1;
        return isOpen
            ? at > 0 && text[at - 1] != ' '
            : (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && after < text.Length && text[after] != ' ' && text.IndexOf('*', after) > 0;
    }

    private static bool TryLink(string text, int start, out string shown, out int after)
    {
        int end = text.IndexOf("](", start, StringComparison.Ordinal);
        int close = end < 0 ? -1 : text.IndexOf(')', end);
        after = close + 1;
        if (close < 0)
        {
            shown = "";
            return false;
        }

        string words = Plain(text[(start + 1)..end]);
        string address = text[(end + 2)..close];
        shown = address.Contains("://", StringComparison.Ordinal) && address != words ? $"{words} ({address})" : words;
        return true;
    }
}
