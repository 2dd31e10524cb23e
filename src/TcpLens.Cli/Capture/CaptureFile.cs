using TcpLens.Capture;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>Opens captures by their names, for <see cref="CaptureReader"/> to read.</summary>
internal static class CaptureFile
{
    /// <summary>Standard input, in the place of a file's name.</summary>
    public const string StandardInput = "-";

    private const string Unpacker = "zstd";

    /// <summary>The file as octets. What zstd has packed is unpacked by the program of that name; gzip is the reader's own business.</summary>
    /// <exception cref="IOException">It cannot be opened; or it is packed with zstd, and that program is not installed.</exception>
    public static Stream Open(string path)
    {
        if (path == StandardInput)
        {
            return Console.OpenStandardInput();
        }

        FileStream file = OpenFile(path);
        try
        {
            return IsPackedWithZstd(file) ? Unpack(file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"cannot read {path}: {failure.Message}", failure);
        }
    }

    // RFC 8878 §3.1.1. A pipe is not looked at, since what was looked at would be gone.
    private static bool IsPackedWithZstd(FileStream file)
    {
        if (!file.CanSeek)
        {
            return false;
        }

        Span<byte> magic = stackalloc byte[4];
        int length = RandomAccess.Read(file.SafeFileHandle, magic, fileOffset: 0);
        return magic[..length] is [0x28, 0xb5, 0x2f, 0xfd];
    }

    private static HelperOutput Unpack(FileStream file)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        string program = folders.Select(static folder => Path.Combine(folder, Unpacker)).FirstOrDefault(File.Exists)
            ?? throw new IOException($"cannot read {file.Name}: it is packed with zstd, and the program {Unpacker} is not installed (package zstd)");
        return new(HelperProcess.Start(program, ["-dcq"], file.SafeFileHandle), file);
    }
}
