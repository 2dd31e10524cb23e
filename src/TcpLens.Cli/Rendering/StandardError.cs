using TcpLens.Linux;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// Talk: warnings, hints, progress. Never data. What cannot be said because standard error is closed or full is not said; there is
/// nobody left to tell.
/// </summary>
internal sealed class StandardError(OutputDescriptor descriptor, TerminalStyle style)
{
    private readonly MemoryWriter _line = new();
    private bool _showsProgress;

    /// <summary>What went wrong, before the command ends: <c>tcplens: could not …</c></summary>
    public void Error(string message) => Say("tcplens: "u8, Ink.BoldRed, message);

    /// <summary>Something the answer lacks or may have wrong.</summary>
    public void Warning(string message) => Say("warning: "u8, Ink.Yellow, message);

    /// <summary>What the user could do to see more.</summary>
    public void Hint(string message) => Say("hint: "u8, Ink.Dim, message);

    /// <summary>What is going on, for whoever listens: a script waits for it.</summary>
    public void Tell(string message) => Say(default, Ink.Normal, message);

    /// <summary>What there is to say at the end, for people: nobody but a terminal hears it.</summary>
    public void Note(string message)
    {
        if (style.Columns is not null)
        {
            Say(default, Ink.Normal, message);
        }
    }

    /// <summary>
    /// Shows what is being done, on a line that the next call overwrites and <see cref="EndProgress"/> erases. Nothing is shown when
    /// standard error is no terminal.
    /// </summary>
    public void Progress(string message)
    {
        if (style.Columns is not { } columns || style.IsDumb)
        {
            return;
        }

        _line.Clear();
        _line.WriteText(message);
        ReadOnlySpan<byte> shown = CellWidth.Cut(_line.Written, columns - 1, out _);
        var output = new MemoryWriter(shown.Length + 8);
        output.Write("\r\e[K"u8);
        output.Write(shown);
        _ = descriptor.Write(output.Written);
        _showsProgress = true;
    }

    /// <summary>Asks for an answer on the same line; see <see cref="Confirmation"/>.</summary>
    public void Ask(string question)
    {
        EndProgress();
        _line.Clear();
        _line.WriteText(question);
        _ = descriptor.Write(_line.Written);
    }

    public void EndProgress()
    {
        if (_showsProgress)
        {
            _ = descriptor.Write("\r\e[K"u8);
            _showsProgress = false;
        }
    }

    private void Say(ReadOnlySpan<byte> label, Ink ink, string message)
    {
        EndProgress();
        _line.Clear();
        style.Write(_line, ink, label);
        foreach (Range range in message.AsSpan().Split('\n'))
        {
            _line.WriteText(message.AsSpan(range));
            _line.Write((byte)'\n');
        }

        _ = descriptor.Write(_line.Written);
    }
}
