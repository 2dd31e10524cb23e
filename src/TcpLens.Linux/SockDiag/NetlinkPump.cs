using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The helper's side of a guarded walk. The kernel takes a socket's lock to tell its tcp_info, and a task that sleeps with that
/// lock makes the asker sleep too, where no signal reaches it. So a process of its own asks, and may hang: it reads netlink
/// requests from standard input, puts each to the inherited netlink socket, and copies each datagram of the answer to standard
/// output, its length (32 bits, host order) before it.
/// </summary>
public static class NetlinkPump
{
    /// <summary>First argument that turns the program into the helper; the second is the descriptor of the netlink socket.</summary>
    public const string Verb = "--netlink-pump";

    public const int LengthPrefix = 4;

    private const int BufferLength = 64 * 1024;
    private const int NlmFDump = 0x300;

    /// <summary>Runs until standard input ends or standard output closes; the exit code of the helper.</summary>
    public static int Run(int netlinkDescriptor)
    {
        using var netlink = new SafeFileHandle(netlinkDescriptor, ownsHandle: true);
        using var input = new SafeFileHandle(0, ownsHandle: false);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        byte[] buffer = new byte[BufferLength];
        byte[] request = new byte[BufferLength];
        while (ReadRequest(input, request) is var length and > 0)
        {
            if (Libc.send(netlink, ref request[0], (nuint)length, 0) < 0 || !CopyAnswer(netlink, output, buffer, IsDump(request)))
            {
                return 1;
            }
        }

        return 0;
    }

    private static bool IsDump(ReadOnlySpan<byte> request) => (MemoryMarshal.Read<ushort>(request[6..]) & NlmFDump) == NlmFDump;

    private static bool CopyAnswer(SafeFileHandle netlink, SafeFileHandle output, byte[] buffer, bool isDump)
    {
        while (true)
        {
            nint length = Libc.recv(netlink, ref buffer[LengthPrefix], (nuint)(buffer.Length - LengthPrefix), 0);
            if (length <= 0)
            {
                return false;
            }

            MemoryMarshal.Write(buffer, (int)length);
            if (!WriteAll(output, buffer.AsSpan(0, LengthPrefix + (int)length)))
            {
                return false;
            }

            if (!isDump || EndsDump(buffer.AsSpan(LengthPrefix, (int)length)))
            {
                return true;
            }
        }
    }

    private static bool EndsDump(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.MoveNext())
        {
            if (reader.Current.Type is NetlinkMessage.TypeDone or NetlinkMessage.TypeError)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One whole request; 0 at the end of the input or at a length that cannot be one.</summary>
    private static int ReadRequest(SafeFileHandle input, Span<byte> request)
    {
        if (!ReadExactly(input, request[..4]))
        {
            return 0;
        }

        int length = MemoryMarshal.Read<int>(request);
        bool plausible = length >= NetlinkReader.HeaderLength && length <= request.Length;
        return plausible && ReadExactly(input, request[4..length]) ? length : 0;
    }

    private static bool ReadExactly(SafeFileHandle input, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(input, target, fileOffset: 0);
            if (read <= 0)
            {
                return false;
            }

            target = target[read..];
        }

        return true;
    }

    private static bool WriteAll(SafeFileHandle output, ReadOnlySpan<byte> octets)
    {
        try
        {
            RandomAccess.Write(output, octets, fileOffset: 0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
