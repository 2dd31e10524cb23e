using Microsoft.Win32.SafeHandles;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Writes a trace file: the head, then records as they come out of the kernel, many at a time and untouched. The file can be read at any
/// moment, also after the tracer was killed. "-" is standard output.
/// </summary>
internal sealed class TraceFileWriter : IDisposable
{
    public const string Standard = "-";

    private const int BrokenPipe = 32;   // EPIPE

    private readonly SafeFileHandle? _file;
    private readonly OutputDescriptor _descriptor;
    private readonly string _name;

    private TraceFileWriter(SafeFileHandle? file, string name)
    {
        _file = file;
        _name = name;
        _descriptor = file is null ? OutputDescriptor.StandardOutput : new OutputDescriptor((int)file.DangerousGetHandle());
    }

    /// <summary>Octets written, all of them whole records.</summary>
    public long Length { get; private set; }

    /// <summary>Records among them.</summary>
    public long Records { get; private set; }

    /// <exception cref="IOException">It cannot be written there.</exception>
    public static TraceFileWriter Create(string path, TraceHead head)
    {
        var writer = new TraceFileWriter(path == Standard ? null : Open(path), path == Standard ? "standard output" : path);
        writer.Send(TraceHeadJson.Write(head), records: 0);
        return writer;
    }

    /// <summary>Writes whole records with their heads, as <see cref="TraceSource.Take"/> hands them out.</summary>
    /// <exception cref="IOException">There is no room any more, or no reader.</exception>
    public void Write(ReadOnlySpan<byte> frames)
    {
        var batch = new TraceBatch(frames);
        long records = 0;
        while (batch.MoveNext())
        {
            records++;
        }

        Send(frames, records);
    }

    /// <summary>Says that the file is whole: a reader then knows that nobody was killed.</summary>
    /// <param name="atNanoseconds">Now, on the records' clock.</param>
    /// <param name="lost">Events that found no room in the ring.</param>
    public void End(ulong atNanoseconds, ulong lost)
    {
        TraceRecord end = new() { Kind = TraceKind.Ended, AtNanoseconds = atNanoseconds, Socket = lost, Cookie = (ulong)Records, Family = IpFamily.V4 };
        byte[] frame = new byte[TraceBatch.SizeOf(TraceRecord.Length)];
        _ = TraceBatch.Write(frame, in end);
        Send(frame, records: 0);
    }

    public void Dispose() => _file?.Dispose();

    private static SafeFileHandle Open(string path)
    {
        try
        {
            // A device such as /dev/null is everybody's: it must not be locked.
            return FileKind.IsSpecial(path)
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
                : File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"could not write the trace to {path}: {failure.Message}", failure);
        }
    }

    private void Send(ReadOnlySpan<byte> octets, long records)
    {
        switch (_descriptor.Write(octets))
        {
            case 0:
                Length += octets.Length;
                Records += records;
                return;
            case BrokenPipe when _file is null:
                throw new OutputClosedException();
            case var errno:
                CutTail();
                throw new SystemCallException($"write to {_name}", errno, $"{Records:N0} events are in it, {records:N0} are lost");
        }
    }

    /// <summary>What was written in part is taken away again, so that the file ends with a whole record.</summary>
    private void CutTail()
    {
        if (_file is not null && !FileKind.IsSpecial(_name))
        {
            RandomAccess.SetLength(_file, Length);
        }
    }
}
