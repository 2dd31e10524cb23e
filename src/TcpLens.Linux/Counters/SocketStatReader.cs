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

    /// <summary>Null when sockstat cannot be read (no /proc) or has no line for TCP; a missing sockstat6 is a machine without IPv6.</summary>
    public SocketStat? Read()
    {
        Span<byte> v4 = stackalloc byte[1024];
        Span<byte> v6 = stackalloc byte[1024];
        int length = SmallFile.Read(_sockstat, v4);
        int length6 = SmallFile.Read(_sockstat6, v6);
        return SocketStat.Parse(v4[..Math.Max(length, 0)], v6[..Math.Max(length6, 0)]);
    }
}
