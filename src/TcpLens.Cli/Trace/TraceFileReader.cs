using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>How a trace file ends.</summary>
internal enum TraceFileEnd
{
    /// <summary>It has not been read to its end yet.</summary>
    Open,

    /// <summary>As the tracer meant it to.</summary>
    Whole,

    /// <summary>After some record, or in the middle of one: the tracer was killed, or is still at work.</summary>
    Cut,

    /// <summary>With octets that are no record.</summary>
    Damaged,
}

/// <summary>
/// Reads back what <see cref="TraceFileWriter"/> wrote, a part at a time. The octets may be anybody's: records that cannot be are skipped and
/// counted, and what follows a length that cannot be is left unread.
/// </summary>
internal sealed class TraceFileReader : TraceSource
{
    private const int BufferLength = 1 << 20;
    private const int HeadMax = 16 << 20;

    /// <summary>Far above what any version needs; a damaged length is nearly always above it.</summary>
    private const int RecordMax = 4096;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[BufferLength];
    private int _start;
    private int _taken;
    private int _end;
    private bool _isDry;
    private ulong _lost;

    private TraceFileReader(Stream stream, string name)
    {
        _stream = stream;
        Name = name;
        Head = ReadHead();
        BlindSpots = Head.BlindSpots;
    }

    public string Name { get; }

    public TraceHead Head { get; }

    public TraceFileEnd End { get; private set; }

    /// <summary>Records that cannot be: of an unknown kind, or in a state that is none.</summary>
    public long Skipped { get; private set; }

    public override ulong Lost => _lost;

    public override bool IsAtEnd => End != TraceFileEnd.Open;

    public override TraceNames Names => Head.Names;

    public override string Description => $"{Name}, recorded on {Head.Host} from {Head.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on, by {Head.Source}";

    /// <exception cref="UsageException">It is no trace.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static TraceFileReader Open(string path)
    {
        try
        {
            return Read(path == TraceFileWriter.Standard
                ? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0)
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"could not read the trace {path}: {failure.Message}", failure);
        }
    }

    /// <param name="stream">Read to its end, and closed with this.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="UsageException">It is no trace.</exception>
    public static TraceFileReader Read(Stream stream, string name)
    {
        try
        {
            return new TraceFileReader(stream, name);
        }
        catch (Exception broken)
        {
            stream.Dispose();
            if (broken is JsonException or FormatException)
            {
                string why = broken is JsonException ? "it does not begin as one" : broken.Message;
                throw new UsageException($"{name}: this is no trace saved by 'tcplens trace -o FILE': {why}", broken);
            }

            throw;
        }
    }

    public override ReadOnlySpan<byte> Take()
    {
        while (!IsAtEnd)
        {
            _taken = WholeRecords(out bool isDamaged);
            if (_taken > 0)
            {
                return _buffer.AsSpan(_start, Sift(_buffer.AsSpan(_start, _taken)));
            }

            if (isDamaged || !Fill())
            {
                End = isDamaged ? TraceFileEnd.Damaged : TraceFileEnd.Cut;
            }
        }

        return default;
    }

    public override void Release()
    {
        _start += _taken;
        _taken = 0;
    }

    protected override void Dispose(bool disposing)
    {
        _stream.Dispose();
        base.Dispose(disposing);
    }

    private TraceHead ReadHead()
    {
        int newline;
        while ((newline = _buffer.AsSpan(0, _end).IndexOf((byte)'\n')) < 0)
        {
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _end < HeadMax ? 2 * _end : throw new FormatException("its first line does not end"));
            }

            if (!Fill())
            {
                throw new FormatException(_end == 0 ? "it is empty" : "its first line does not end");
            }
        }

        _start = newline + 1;
        return TraceHeadJson.Read(_buffer.AsMemory(0, _start));
    }

    /// <summary>Octets of the whole records at hand; damage is a length that no record has, once all before it have been taken.</summary>
    private int WholeRecords(out bool isDamaged)
    {
        isDamaged = false;
        int at = _start;
        while (_end - at >= TraceBatch.HeadLength)
        {
            int length = TraceBatch.LengthOf(_buffer.AsSpan(at));
            isDamaged = length is < TraceRecord.Length or > RecordMax;
            if (isDamaged || TraceBatch.SizeOf(length) > _end - at)
            {
                break;
            }

            at += TraceBatch.SizeOf(length);
        }

        return at - _start;
    }

    private bool Fill()
    {
        if (_isDry)
        {
            return false;
        }

        if (_start > 0 && _start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _isDry = read == 0;
        _end += read;
        return read > 0;
    }

    /// <summary>Moves sound records together where others stand between them. Gives the octets they take.</summary>
    private int Sift(Span<byte> frames)
    {
        var batch = new TraceBatch(frames);
        int kept = 0;
        int from = 0;
        while (batch.MoveNext())
        {
            int to = batch.Consumed;
            ref readonly TraceRecord record = ref batch.Current;
            if (record.Kind == TraceKind.Ended)
            {
                End = TraceFileEnd.Whole;
                _lost = record.Socket;
            }
            else if (!IsSound(in record))
            {
                Skipped++;
            }
            else
            {
                if (kept < from)
                {
                    frames[from..to].CopyTo(frames[kept..]);
                }

                kept += to - from;
            }

            from = to;
        }

        return kept;
    }

    private static bool IsSound(in TraceRecord record)
        => record.Kind is (>= TraceKind.StateChange and <= TraceKind.BadChecksum) or TraceKind.Owner
            && record.From <= TcpState.Closing && record.To <= TcpState.Closing
            && record.Family is IpFamily.V4 or IpFamily.V6
            && (record.Kind != TraceKind.StateChange || (record.From != default && record.To != default));
}
