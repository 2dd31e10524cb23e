using System.Text.Json;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A file is no snapshot, or is broken, at this line (from 1).</summary>
internal sealed class SnapshotException(int line, string why, Exception? inner = null) : Exception($"line {line}: {why}", inner);

/// <summary>Reads back what <see cref="SnapshotWriter"/> wrote. Whatever the octets are, the answer is an examination or a <see cref="SnapshotException"/>.</summary>
internal static class SnapshotReader
{
    /// <summary>A host of thousands of containers says much in its first line; a socket has a kilobyte.</summary>
    private const int LineMax = 64 << 20;

    /// <exception cref="SnapshotException">It is no whole snapshot.</exception>
    public static Examination Read(Stream stream)
    {
        var lines = new LineReader(stream, LineMax);
        try
        {
            if (!lines.TryRead(out ReadOnlyMemory<byte> first))
            {
                throw new FormatException("the file is empty");
            }

            SnapshotStart start = SnapshotHeadReader.Read(first);
            SocketTable before = ReadSockets(lines, start, start.Before);
            SocketTable now = ReadSockets(lines, start, start.Now);
            return lines.TryRead(out _)
                ? throw new FormatException("there are more sockets than the first line says")
                : start.Seen with { Before = start.Seen.Before with { Sockets = before }, Now = start.Seen.Now with { Sockets = now } };
        }
        catch (JsonException failure)
        {
            throw new SnapshotException(lines.Number, "this is not JSON, or cut short", failure);
        }
        catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException or InvalidDataException or EndOfStreamException)
        {
            throw new SnapshotException(lines.Number, "something is missing, or not of its kind", failure);
        }
        catch (FormatException failure)
        {
            throw new SnapshotException(lines.Number, failure.Message, failure);
        }
    }

    private static SocketTable ReadSockets(LineReader lines, SnapshotStart start, int count)
    {
        SocketLine parser = new();
        SocketTable sockets = new();
        List<int> holders = [];
        List<ProcessRef> processes = [];
        for (int i = 0; i < count; i++)
        {
            if (!lines.TryRead(out ReadOnlyMemory<byte> line))
            {
                throw new FormatException($"the file ends here, {start.Before + start.Now} sockets were announced");
            }

            SocketRecord socket = parser.Read(line.Span, start.Seen.Namespace.Inode, holders);
            processes.Clear();
            foreach (int holder in holders)
            {
                processes.Add(holder >= 0 && holder < start.People.Count ? start.People[holder] : throw new FormatException($"there is no holder {holder}"));
            }

            sockets.Add(in socket, processes);
        }

        return sockets;
    }
}
