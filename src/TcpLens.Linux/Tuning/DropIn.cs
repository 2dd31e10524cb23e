using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The file under /etc/sysctl.d that makes changes last. Each setting is one line with a comment of ours above it; what else people
/// write into the file stays as it is.
/// </summary>
internal sealed class DropIn
{
    private const string Heading = "# Set by tcplens tune. To take change N back: tcplens tune undo N";
    private const string CommentMark = "# tune ";
    private const int FileMax = 1 << 20;

    private readonly string _path;
    private readonly List<string> _lines;
    private readonly string[] _before;
    private bool _isSaved;

    private DropIn(string path, List<string> lines) => (_path, _lines, _before) = (path, lines, [.. lines]);

    /// <exception cref="SystemCallException">It is there and cannot be read.</exception>
    public static DropIn Read(string path)
    {
        if (!File.Exists(path))
        {
            return new DropIn(path, []);
        }

        byte[] octets = SmallFile.ReadAll(path, FileMax) ?? throw new SystemCallException("read " + path, Libc.EACCES, "run with sudo");
        string text = System.Text.Encoding.UTF8.GetString(octets);
        return new DropIn(path, text.Length == 0 ? [] : [.. text.TrimEnd('\n').Split('\n')]);
    }

    /// <summary>What it says of a key: the line, and our comment above it; null when it says nothing.</summary>
    public string? LinesOf(string key) => Find(key) is var (first, line) and not (-1, -1) ? string.Join('\n', _lines[first..(line + 1)]) : null;

    /// <summary>The value that it sets; null when it sets none.</summary>
    public string? ValueOf(string key)
        => Find(key) is (_, >= 0 and var line) && SysctlLine.TryParse(_lines[line], out _, out string value) ? value : null;

    /// <summary>Sets a key, in the place where it was or at the end.</summary>
    /// <param name="key">Dotted name.</param>
    /// <param name="value">What shall be set at boot.</param>
    /// <param name="remark">One line: which change, when and why.</param>
    public void Set(string key, string value, string remark)
    {
        if (_lines.Count == 0)
        {
            _lines.Add(Heading);
        }

        Put(key, [CommentMark + OneLine(remark), $"{key} = {OneLine(value)}"]);
    }

    /// <summary>Makes it say what it said before.</summary>
    /// <param name="key">Dotted name.</param>
    /// <param name="lines">From <see cref="LinesOf"/>; null: nothing.</param>
    public void Restore(string key, string? lines) => Put(key, lines is null ? [] : lines.Split('\n'));

    /// <summary>Writes it; a file that would say nothing is removed.</summary>
    /// <exception cref="SystemCallException">It could not be written; it is as it was.</exception>
    public void Save()
    {
        if (_lines.TrueForAll(static line => line.AsSpan().Trim().IsEmpty || line == Heading))
        {
            DurableFile.Remove(_path);
        }
        else
        {
            DurableFile.Replace(_path, string.Join('\n', _lines) + '\n');
        }

        _isSaved = true;
    }

    /// <summary>Makes the file what it was when it was read, if it is not.</summary>
    /// <exception cref="SystemCallException">It could not be written.</exception>
    public void RollBack()
    {
        if (_isSaved)
        {
            _lines.Clear();
            _lines.AddRange(_before);
            Save();
        }
    }

    private void Put(string key, string[] lines)
    {
        (int first, int line) = Find(key);
        if (line >= 0)
        {
            _lines.RemoveRange(first, line + 1 - first);
        }

        _lines.InsertRange(line >= 0 ? first : _lines.Count, lines);
    }

    /// <summary>The last line about a key, and where our comment above it begins; -1 and -1 when there is none.</summary>
    private (int First, int Line) Find(string key)
    {
        int line = _lines.FindLastIndex(text => SysctlLine.TryParse(text, out string found, out _) && found == key);
        return line > 0 && _lines[line - 1].StartsWith(CommentMark, StringComparison.Ordinal) ? (line - 1, line) : (line, line);
    }

    /// <summary>A line end in a reason would begin a line that sets something at boot.</summary>
    private static string OneLine(string text)
        => string.Create(text.Length, text, static (line, from) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
            }
        });
}
