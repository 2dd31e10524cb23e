using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.SockDiag;

/// <summary>Writes netlink messages as the kernel does, to be read back or spoilt.</summary>
internal static class DiagMessages
{
    public const ushort Socket = 20;
    public const ushort Done = 3;
    public const ushort Error = 2;

    /// <summary>127.0.0.1:8080 to 127.0.0.2:40000, cookie 77, inode 1234, with a shutdown attribute as every full socket has.</summary>
    public static byte[] Entry(TcpState state, byte timer = 0, bool full = true, params (DiagAttribute Type, byte[] Value)[] attributes)
    {
        byte[] body = new byte[DiagEntryReader.FixedLength];
        body[0] = 2;
        body[1] = (byte)state;
        body[2] = timer;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), 8080);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), 40000);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), 0x7f000001);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(24), 0x7f000002);
        MemoryMarshal.Write(body.AsSpan(44), 77u);
        MemoryMarshal.Write(body.AsSpan(68), 1234u);
        IEnumerable<byte> all = body;
        foreach ((DiagAttribute type, byte[] value) in full ? [(DiagAttribute.Shutdown, new byte[] { 0 }), .. attributes] : attributes)
        {
            all = all.Concat(Attribute(type, value));
        }

        return Message(Socket, [.. all]);
    }

    public static byte[] Message(ushort type, byte[] payload, ushort flags = 0)
    {
        byte[] message = new byte[16 + ((payload.Length + 3) & ~3)];
        MemoryMarshal.Write(message, 16 + payload.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        payload.CopyTo(message, 16);
        return message;
    }

    public static byte[] DoneMessage => Message(Done, new byte[4]);

    public static byte[] ErrorMessage(int errno)
    {
        byte[] payload = new byte[20];
        MemoryMarshal.Write(payload, -errno);
        return Message(Error, payload);
    }

    public static List<SocketEntry> ReadAll(SocketWalk walk)
    {
        List<SocketEntry> entries = [];
        while (walk.Read(out SocketEntry entry))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static byte[] Attribute(DiagAttribute type, byte[] value)
    {
        byte[] attribute = new byte[4 + ((value.Length + 3) & ~3)];
        MemoryMarshal.Write(attribute, (ushort)(4 + value.Length));
        MemoryMarshal.Write(attribute.AsSpan(2), (ushort)type);
        value.CopyTo(attribute, 4);
        return attribute;
    }
}
