using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Where snapshots are kept: a file, compressed when its name ends in .gz; "-" is standard output or input.</summary>
internal static class SnapshotFile
{
    public const string Standard = "-";

    private const string Compressed = ".gz";

    /// <exception cref="IOException">It could not be written; what was there before is there still.</exception>
    public static void Write(string path, Examination seen) => WholeFile.Write(path, "the snapshot", stream =>
    {
        using Stream? compressed = path.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : null;
        var output = new StreamOutput(compressed ?? stream);
        SnapshotWriter.Write(output, seen);
        output.Flush();
    });

    /// <exception cref="UsageException">It is no snapshot, or a broken one.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static Examination Read(string path)
    {
        try
        {
            using FileStream file = path == Standard ? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read) : new FileStream(path, FileMode.Open, FileAccess.Read);
            using Stream? plain = path.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : null;
            return SnapshotReader.Read(plain ?? file);
        }
        catch (SnapshotException broken)
        {
            throw new UsageException($"{path}, {broken.Message}\ntry: tcplens snapshot -o FILE, which saves one", broken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"could not read the snapshot {path}: {failure.Message}", failure);
        }
    }
}
