namespace TcpLens.Linux.Interop;

/// <summary>The C library, by its own names. Error numbers (asm-generic/errno.h).</summary>
internal static partial class Libc
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EINVAL = 22;
    public const int EPIPE = 32;
    public const int ENOSYS = 38;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;
    public const int ESTALE = 116;
}
