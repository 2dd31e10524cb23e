using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux;

/// <summary>
/// The helper's side of a guarded walk. The kernel takes a socket's lock to tell its tcp_info, and a task that sleeps with that
/// lock makes the asker sleep too, where no signal reaches it. So a process of its own asks, and may hang: it reads netlink
/// requests from standard input, puts each to a netlink socket of its own, and copies each datagram of the answer to standard
/// output, its length (32 bits, host order) before it. It lives in the network namespace of the thread that started it.
/// </summary>
public static class NetlinkPump
{
    /// <summary>First and only argument that turns the program into the helper.</summary>
    public const string Verb = "--netlink-pump";

    private const int BufferLength = 64 * 1024;
    private const int NlmFDump = 0x300;

    /// <summary>Runs until standard input ends or standard output closes; the exit code of the helper.</summary>
    public static int Run()
    {
        using SockDiagSocket netlink = SockDiagSocket.Open();
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, BufferLength);
        byte[] buffer = new byte[BufferLength];
        byte[] request = new byte[BufferLength];
        while (ReadRequest(input, request) is var length and > 0)
        {
            netlink.Send(request.AsSpan(0, length));
            if (!CopyAnswer(netlink, buffer, IsDump(request)))
            {
                return 1;
            }
        }

        return 0;
    }

    private static bool IsDump(ReadOnlySpan<byte> request) => (MemoryMarshal.Read<ushort>(request[6..]) & NlmFDump) == NlmFDump;

    private static bool CopyAnswer(SockDiagSocket netlink, byte[] buffer, bool isDump)
    {
        while (true)
        {
            int length = netlink.Receive(buffer.AsSpan(HelperProcess.LengthPrefix));
            MemoryMarshal.Write(buffer, length);
            if (length <= 0 || length > buffer.Length - HelperProcess.LengthPrefix
                || OutputDescriptor.StandardOutput.Write(buffer.AsSpan(0, HelperProcess.LengthPrefix + length)) != 0)
            {
                return false;
            }

            if (!isDump || EndsDump(buffer.AsSpan(HelperProcess.LengthPrefix, length)))
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
    private static int ReadRequest(FileStream input, Span<byte> request)
    {
        if (input.ReadAtLeast(request[..4], 4, throwOnEndOfStream: false) < 4)
        {
            return 0;
        }

        int length = MemoryMarshal.Read<int>(request);
        return length >= NetlinkReader.HeaderLength && length <= request.Length
            && input.ReadAtLeast(request[4..length], length - 4, throwOnEndOfStream: false) == length - 4
            ? length
            : 0;
    }
}
