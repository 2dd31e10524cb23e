using Microsoft.Win32.SafeHandles;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>
/// One file of packets while it is written. Each write ends with a whole block, so the file can be read at any moment, also after the
/// program was killed.
/// </summary>
internal sealed class PacketFile : IDisposable
{
    /// <summary>Standard output.</summary>
    public const string Standard = "-";

    private const int BrokenPipe = 32;   // EPIPE

    private readonly SafeFileHandle? _file;
    private readonly OutputDescriptor _descriptor;
    private readonly bool _isSpecial;

    private PacketFile(string path, SafeFileHandle? file)
    {
        Path = path;
        _file = file;
        _isSpecial = file is null || FileKind.IsSpecial(path);
        _descriptor = file is null ? OutputDescriptor.StandardOutput : new OutputDescriptor((int)file.DangerousGetHandle());
    }

    public string Path { get; }

    /// <summary>Octets written.</summary>
    public long Length { get; private set; }

    public long Packets { get; private set; }

    /// <summary>Makes the file, or empties the one that is there. Others than its owner and group may not read it: packets hold secrets.</summary>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public static PacketFile Create(string path)
    {
        if (path != Standard)
        {
            return new PacketFile(path, PrivateFile.Create(path));
        }

        return OutputDescriptor.StandardOutput.IsInherited
            ? new PacketFile("standard output", null)
            : throw new IOException("could not write to standard output: it was closed when tcplens started");
    }

    /// <summary>Gives the file to the user that the program is about to become.</summary>
    public void GiveTo(OrdinaryUser user)
    {
        if (!_isSpecial)
        {
            user.Own(_file!);
        }
    }

    /// <summary>Writes whole blocks.</summary>
    /// <exception cref="OutputClosedException">Whoever read standard output has gone.</exception>
    /// <exception cref="SystemCallException">There is no room any more. The file ends with a whole block.</exception>
    public void Write(ReadOnlySpan<byte> blocks, int packets)
    {
        switch (_descriptor.Write(blocks))
        {
            case 0:
                Length += blocks.Length;
                Packets += packets;
                return;
            case BrokenPipe when _isSpecial:
                throw new OutputClosedException();
            case var errno:
                CutTail();
                throw new SystemCallException($"write to {Path}", errno, $"{Packets:N0} packets are in it, {packets:N0} are lost");
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>What was written in part is taken away again.</summary>
    private void CutTail()
    {
        if (!_isSpecial)
        {
            RandomAccess.SetLength(_file!, Length);
        }
    }
}
