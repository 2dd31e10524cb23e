using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>The least that asks sock_diag a question with a state mask and bytecode, in both forms the kernel knows.</summary>
internal sealed class RawSockDiag : IDisposable
{
    private const ushort LegacyTcp = 18;
    private const ushort ByFamily = 20;
    private const int MessageLength = 72;

    private readonly int _socket = Checked(socket(16, 3, 4), "socket");

    /// <summary>TCPDIAG_GETSOCK: one walk for both families.</summary>
    public List<SocketEntry> Legacy(StateSet states, byte[]? bytecode) => Ask(LegacyTcp, Legacy(states), bytecode);

    /// <summary>SOCK_DIAG_BY_FAMILY, once a family.</summary>
    public List<SocketEntry> Families(StateSet states, byte[]? bytecode)
        => [.. Ask(ByFamily, Family(2, states), bytecode), .. Ask(ByFamily, Family(10, states), bytecode)];

    public void Dispose() => _ = close(_socket);

    /// <summary>struct inet_diag_req.</summary>
    private static byte[] Legacy(StateSet states)
    {
        var request = new byte[60];
        request[0] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(52), states.Bits);
        return request;
    }

    /// <summary>struct inet_diag_req_v2.</summary>
    private static byte[] Family(byte family, StateSet states)
    {
        var request = new byte[56];
        (request[0], request[1]) = (family, 6);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), states.Bits);
        return request;
    }

    private List<SocketEntry> Ask(ushort type, byte[] request, byte[]? bytecode)
    {
        byte[] attribute = bytecode is null ? [] : [.. BitConverter.GetBytes((ushort)(4 + bytecode.Length)), 1, 0, .. bytecode];
        byte[] message =
        [
            .. BitConverter.GetBytes(16 + request.Length + attribute.Length), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes((ushort)0x301),
            .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(0), .. request, .. attribute,
        ];
        Checked((int)send(_socket, message, (nuint)message.Length, 0), "send");

        List<SocketEntry> entries = [];
        var buffer = new byte[1 << 16];
        while (true)
        {
            int length = Checked((int)recv(_socket, buffer, (nuint)buffer.Length, 0), "recv");
            for (int at = 0; at < length;)
            {
                int size = BitConverter.ToInt32(buffer, at);
                switch (BitConverter.ToUInt16(buffer, at + 4))
                {
                    case 2:
                        throw new Win32Exception(-BitConverter.ToInt32(buffer, at + 16));
                    case 3:
                        return entries;
                    default:
                        entries.Add(Read(buffer.AsSpan(at + 16, size - 16)));
                        break;
                }

                at += (size + 3) & ~3;
            }
        }
    }

    /// <summary>struct inet_diag_msg and two of its attributes.</summary>
    private static SocketEntry Read(ReadOnlySpan<byte> message)
    {
        bool isV4 = message[0] == 2;
        uint? mark = null;
        ulong cgroup = 0;
        for (ReadOnlySpan<byte> rest = message[MessageLength..]; rest.Length >= 4;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            int type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            mark = type == 15 ? BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) : mark;
            cgroup = type == 21 ? BinaryPrimitives.ReadUInt64LittleEndian(rest[4..]) : cgroup;
            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }

        uint inode = BinaryPrimitives.ReadUInt32LittleEndian(message[68..]);
        return new()
        {
            State = (TcpState)message[1],
            Family = isV4 ? IpFamily.V4 : IpFamily.V6,
            Kind = message[2] == 3 ? SocketKind.TimeWait : message[1] == 3 && inode == 0 ? SocketKind.Request : SocketKind.Full,
            Local = new(HostAddress.FromNetworkOrder(message.Slice(8, isV4 ? 4 : 16)), BinaryPrimitives.ReadUInt16BigEndian(message[4..])),
            Remote = new(HostAddress.FromNetworkOrder(message.Slice(24, isV4 ? 4 : 16)), BinaryPrimitives.ReadUInt16BigEndian(message[6..])),
            Interface = BinaryPrimitives.ReadUInt32LittleEndian(message[40..]),
            Cookie = BinaryPrimitives.ReadUInt64LittleEndian(message[44..]),
            ReceiveQueue = BinaryPrimitives.ReadUInt32LittleEndian(message[56..]),
            SendQueue = BinaryPrimitives.ReadUInt32LittleEndian(message[60..]),
            UserId = BinaryPrimitives.ReadUInt32LittleEndian(message[64..]),
            Inode = inode,
            Mark = mark,
            CgroupId = cgroup,
        };
    }

    private static int Checked(int result, string call) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    [DllImport("libc", SetLastError = true)]
    private static extern int socket(int domain, int type, int protocol);

    [DllImport("libc", SetLastError = true)]
    private static extern nint send(int fd, byte[] message, nuint length, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recv(int fd, byte[] buffer, nuint length, int flags);

    [DllImport("libc")]
    private static extern int close(int fd);
}
