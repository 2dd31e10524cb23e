using System.Buffers.Binary;
using TcpLens.Linux.Interop;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// A TCP socket of the kernel, call by call and with the errno of each, where System.Net.Sockets would translate. It belongs to the network namespace of the
/// thread that opened it, and may be used from any thread.
/// </summary>
public sealed unsafe class KernelSocket
{
    private readonly int _descriptor;
    private int _isClosed;

    private KernelSocket(int descriptor) => _descriptor = descriptor;

    /// <summary>socket(2).</summary>
    public static KernelCall Open(bool isV4, bool isNonBlocking, out KernelSocket? socket)
    {
        const int NonBlocking = 0x800;
        int type = Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | (isNonBlocking ? NonBlocking : 0);
        var call = KernelCall.Of(Libc.socket(isV4 ? Libc.AF_INET : Libc.AF_INET6, type, Libc.IPPROTO_TCP));
        socket = call.Value < 0 ? null : new((int)call.Value);
        return call;
    }

    public KernelCall Bind(Endpoint local)
    {
        byte* address = stackalloc byte[SocketAddressLength];
        return KernelCall.Of(Libc.bind(_descriptor, address, Write(local, address)));
    }

    public KernelCall Connect(Endpoint remote)
    {
        byte* address = stackalloc byte[SocketAddressLength];
        return KernelCall.Of(Libc.connect(_descriptor, address, Write(remote, address)));
    }

    public KernelCall Listen(int backlog) => KernelCall.Of(Libc.listen(_descriptor, backlog));

    /// <param name="flags">SOCK_NONBLOCK.</param>
    /// <param name="accepted">Null when there is an error.</param>
    public KernelCall Accept(int flags, out KernelSocket? accepted)
    {
        var call = KernelCall.Of(Libc.accept4(_descriptor, null, null, flags | Libc.SOCK_CLOEXEC));
        accepted = call.Value < 0 ? null : new((int)call.Value);
        return call;
    }

    /// <param name="buffer">An empty one is a null pointer of <paramref name="length"/> octets.</param>
    /// <param name="length">Octets that are asked for.</param>
    /// <param name="flags">MSG_*.</param>
    public KernelCall Receive(Span<byte> buffer, int length, int flags)
    {
        fixed (byte* octets = buffer)
        {
            return KernelCall.Of(Libc.recv(_descriptor, octets, (nuint)length, flags));
        }
    }

    /// <param name="octets">Empty: a null pointer of <paramref name="length"/> octets.</param>
    /// <param name="length">Octets to send.</param>
    /// <param name="flags">MSG_*; there is never a signal.</param>
    public KernelCall Send(ReadOnlySpan<byte> octets, int length, int flags)
    {
        fixed (byte* first = octets)
        {
            return KernelCall.Of(Libc.send(_descriptor, first, (nuint)length, flags | Libc.MSG_NOSIGNAL));
        }
    }

    public KernelCall Shutdown(int how) => KernelCall.Of(Libc.shutdown(_descriptor, how));

    /// <summary>close(2), once.</summary>
    public KernelCall Close() => Interlocked.Exchange(ref _isClosed, 1) == 0 ? KernelCall.Of(Libc.close(_descriptor)) : new(-1, Ebadf);

    /// <summary>Whatever waits in a call on it returns.</summary>
    public void Abandon() => _ = Libc.shutdown(_descriptor, Libc.SHUT_RDWR);

    /// <summary>fcntl(2) with F_GETFL or F_SETFL.</summary>
    public KernelCall Control(int command, int argument) => KernelCall.Of(Libc.fcntl(_descriptor, command, argument));

    public KernelCall SetOption(int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* octets = value)
        {
            return KernelCall.Of(Libc.setsockopt(_descriptor, level, option, octets, (uint)value.Length));
        }
    }

    /// <param name="level">SOL_*.</param>
    /// <param name="option">SO_*, TCP_*, IP_*.</param>
    /// <param name="value">Where to.</param>
    /// <param name="length">Octets that were written.</param>
    public KernelCall GetOption(int level, int option, Span<byte> value, out int length)
    {
        uint written = (uint)value.Length;
        fixed (byte* octets = value)
        {
            var call = KernelCall.Of(Libc.getsockopt(_descriptor, level, option, octets, ref written));
            length = call.Value < 0 ? 0 : (int)written;
            return call;
        }
    }

    /// <summary>ioctl(2) that writes a number.</summary>
    public KernelCall Query(nuint request, out int number)
    {
        int written = 0;
        var call = KernelCall.Of(Libc.ioctl(_descriptor, request, &written));
        number = written;
        return call;
    }

    /// <summary>poll(2) of this one socket.</summary>
    /// <param name="events">POLL*.</param>
    /// <param name="milliseconds">Negative: without end.</param>
    /// <param name="found">What it is ready for.</param>
    public KernelCall Poll(int events, int milliseconds, out int found)
    {
        Libc.PollFd descriptor = new() { fd = _descriptor, events = (short)events };
        var call = KernelCall.Of(Libc.poll(&descriptor, 1, milliseconds));
        found = (ushort)descriptor.revents;
        return call;
    }

    private const int SocketAddressLength = 28;
    private const int Ebadf = 9;

    /// <summary>struct sockaddr_in or sockaddr_in6 (netinet/in.h). Its length.</summary>
    private static uint Write(Endpoint endpoint, byte* into)
    {
        var octets = new Span<byte>(into, SocketAddressLength);
        octets.Clear();
        BitConverter.TryWriteBytes(octets, (ushort)(endpoint.Address.IsV4Mapped ? Libc.AF_INET : Libc.AF_INET6));
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], endpoint.Port);
        if (endpoint.Address.IsV4Mapped)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[4..], (uint)endpoint.Address.Low);
            return 16;
        }

        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], endpoint.Address.High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[16..], endpoint.Address.Low);
        return SocketAddressLength;
    }
}
