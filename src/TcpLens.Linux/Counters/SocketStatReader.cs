using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Reads sockstat and sockstat6 of the calling thread's namespace: a few microseconds and no allocation, at any number of sockets.
/// </summary>
public sealed class SocketStatReader(string proc = "/proc")
{
    private readonly byte[] _sockstat = SmallFile.Path(proc + "/thread-self/net/sockstat");
    private readonly byte[] _sockstat6 = SmallFile.Path(proc + "/thread-self/net/sockstat6");

    /// <exception cref="SystemCallException">sockstat cannot be read, or does not look like sockstat.</exception>
    public SocketStat Read()
    {
        Span<byte> v4 = stackalloc byte[1024];
        Span<byte> v6 = stackalloc byte[1024];
        int length = SmallFile.Read(_sockstat, v4);
        if (length < 0)
        {
            throw new SystemCallException("read /proc/thread-self/net/sockstat", -length, "is /proc mounted?");
        }

        int length6 = SmallFile.Read(_sockstat6, v6);
        return SocketStat.Parse(v4[..length], v6[..Math.Max(length6, 0)])
            ?? throw new SystemCallException("find the TCP line in /proc/thread-self/net/sockstat", Libc.EINVAL);
    }
}
