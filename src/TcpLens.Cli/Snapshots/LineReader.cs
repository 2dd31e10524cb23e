namespace TcpLens.Cli;

/// <summary>Takes a stream of octets apart into lines, without a limit on their number but with one on their length.</summary>
internal sealed class LineReader(Stream stream, int longest)
{
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>Number of the line last asked for, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end, valid until the next call; false at the end of the stream.</summary>
    /// <exception cref="FormatException">The line is too long to be one.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        Number++;
        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = _buffer.AsMemory(_start, searched + end);
                _start += searched + end + 1;
                return true;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = _buffer.AsMemory(_start, searched);
                _start = _end;
                return searched > 0;
            }
        }
    }

    private bool Fill()
    {
        if (_end == _buffer.Length)
        {
            int length = _end - _start;
            byte[] target = length < _buffer.Length / 2 ? _buffer
                : length < longest ? new byte[2 * _buffer.Length]
                : throw new FormatException($"no line has more than {longest} octets");
            _buffer.AsSpan(_start, length).CopyTo(target);
            (_buffer, _start, _end) = (target, 0, length);
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
