using System.Buffers.Text;

namespace TcpLens.Observation;

/// <summary>
/// The TCP lines of /proc/net/sockstat and sockstat6: six numbers the kernel keeps anyway, so that reading them costs the same with
/// ten sockets or a million. <see cref="InUse"/>, <see cref="InUseV6"/> and <see cref="TimeWait"/> count one namespace, the rest the host.
/// </summary>
/// <param name="InUse">IPv4 sockets in the tables: listeners and connections, without request and TIME_WAIT mini-sockets.</param>
/// <param name="TimeWait">Mini-sockets of both families: TIME_WAIT and FIN_WAIT_2 that no process holds.</param>
/// <param name="Orphans">Host-wide: sockets that are still closing though no process holds them.</param>
/// <param name="Allocated">Host-wide: sockets of both families in any state, CLOSED ones that a process still holds included.</param>
/// <param name="MemoryPages">Host-wide: pages (see <see cref="HostSettings.PageSizeBytes"/>) of socket memory, exact to 256 a CPU.</param>
/// <param name="InUseV6">As <paramref name="InUse"/> for IPv6 sockets; 0 where IPv6 is switched off.</param>
public readonly record struct SocketStat(long InUse, long TimeWait, long Orphans, long Allocated, long MemoryPages, long InUseV6)
{
    /// <summary>Parses the two files; null when the first has no TCP line. Never throws.</summary>
    public static SocketStat? Parse(ReadOnlySpan<byte> sockstat, ReadOnlySpan<byte> sockstat6)
    {
        ReadOnlySpan<byte> tcp = LineOf(sockstat, "TCP: "u8);
        return tcp.IsEmpty
            ? null
            : new SocketStat(
                ValueOf(tcp, " inuse "u8),
                ValueOf(tcp, " tw "u8),
                ValueOf(tcp, " orphan "u8),
                ValueOf(tcp, " alloc "u8),
                ValueOf(tcp, " mem "u8),
                ValueOf(LineOf(sockstat6, "TCP6: "u8), " inuse "u8));
    }

    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            if (line.StartsWith(start))
            {
                return line;
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        return default;
    }

    private static long ValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        int at = line.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(line[(at + name.Length)..], out long value, out _) ? value : 0;
    }
}
