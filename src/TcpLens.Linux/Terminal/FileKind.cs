using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>What stands under a name.</summary>
public static class FileKind
{
    private const int TypeMask = 0xf000;      // S_IFMT
    private const int RegularFile = 0x8000;   // S_IFREG
    private const int Folder = 0x4000;        // S_IFDIR

    /// <summary>True for a device, a pipe or a socket, also behind a link: something to write to, and not to put a file in the place of.</summary>
    public static bool IsSpecial(string path)
        => Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0
            && (status.stx_mode & TypeMask) is not (RegularFile or Folder);
}
