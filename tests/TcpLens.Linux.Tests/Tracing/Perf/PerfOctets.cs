using System.Buffers.Binary;
using System.Net;
using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Records as the kernel writes them into a perf ring (linux/perf_event.h), for tracers opened as ours are.</summary>
internal static class PerfOctets
{
    public const ulong Time = 1_000_000_000_000;

    private const ushort ExecBit = 1 << 13;

    /// <summary>A tracepoint's record: a field's value is a number, or octets as they stand there.</summary>
    public static byte[] Sample(TracepointFormat format, int pid, ulong time, params (string Field, object Value)[] fields)
    {
        byte[] raw = new byte[92];   // With its length in front, a multiple of eight.
        BinaryPrimitives.WriteUInt16LittleEndian(raw, (ushort)format.Id);
        foreach ((string name, object value) in fields)
        {
            TracepointField field = format[name]!.Value;
            byte[] octets = value as byte[] ?? BitConverter.GetBytes(Convert.ToUInt64(value, null));
            octets.AsSpan(0, field.Length).CopyTo(raw.AsSpan(field.Offset));
        }

        return Record(9, 0, [.. Task(pid, time), .. BitConverter.GetBytes(raw.Length), .. raw]);
    }

    /// <summary>sock:inet_sock_set_state between 10.0.0.1 and 10.0.0.2.</summary>
    public static byte[] Change(TracepointFormat format, ulong socket, TcpState from, TcpState to, int pid = 0, ulong time = Time, ushort localPort = 40000, ushort remotePort = 443)
        => Sample(format, pid, time,
            ("skaddr", socket), ("oldstate", (int)from), ("newstate", (int)to), ("sport", localPort), ("dport", remotePort), ("family", 2), ("protocol", 6),
            ("saddr_v6", Mapped("10.0.0.1")), ("daddr_v6", Mapped("10.0.0.2")));

    public static byte[] Error(TracepointFormat format, int errno, ulong time = Time, ushort localPort = 40000, ushort remotePort = 443)
        => Sample(format, 0, time,
            ("error", errno), ("sport", localPort), ("dport", remotePort), ("family", 2), ("protocol", 6),
            ("saddr_v6", Mapped("10.0.0.1")), ("daddr_v6", Mapped("10.0.0.2")));

    /// <summary>PERF_RECORD_COMM.</summary>
    public static byte[] Renamed(int pid, int thread, string name, bool isExec = false)
    {
        byte[] comm = new byte[16];
        Encoding.UTF8.GetBytes(name).CopyTo(comm, 0);
        return Record(3, isExec ? ExecBit : (ushort)0, [.. BitConverter.GetBytes(pid), .. BitConverter.GetBytes(thread), .. comm, .. Task(pid, Time)]);
    }

    /// <summary>PERF_RECORD_FORK.</summary>
    public static byte[] Began(int pid, int parent, int thread) => Record(7, 0,
    [
        .. BitConverter.GetBytes(pid), .. BitConverter.GetBytes(parent), .. BitConverter.GetBytes(thread), .. BitConverter.GetBytes(parent),
        .. BitConverter.GetBytes(Time), .. Task(pid, Time),
    ]);

    /// <summary>PERF_RECORD_LOST.</summary>
    public static byte[] Lost(ulong count) => Record(2, 0, [.. BitConverter.GetBytes(0ul), .. BitConverter.GetBytes(count), .. Task(0, Time)]);

    public static byte[] Mapped(string address) => IPAddress.Parse(address).MapToIPv6().GetAddressBytes();

    /// <summary>struct sockaddr_in or sockaddr_in6, with zeros behind it.</summary>
    public static byte[] SocketAddress(string address, ushort port)
    {
        byte[] octets = new byte[28];
        byte[] ip = IPAddress.Parse(address).GetAddressBytes();
        BinaryPrimitives.WriteUInt16LittleEndian(octets, ip.Length == 4 ? (ushort)2 : (ushort)10);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), port);
        ip.CopyTo(octets, ip.Length == 4 ? 4 : 8);
        return octets;
    }

    private static byte[] Task(int pid, ulong time) => [.. BitConverter.GetBytes(pid), .. BitConverter.GetBytes(pid), .. BitConverter.GetBytes(time)];

    private static byte[] Record(uint type, ushort misc, byte[] body)
        => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(misc), .. BitConverter.GetBytes((ushort)(8 + body.Length)), .. body];
}
