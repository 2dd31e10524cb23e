using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// A network interface whose other end is this program: what the kernel routes to it is read here, what is written here arrives from it.
/// The interface goes with its last queue. It stands in the network namespace of the thread that opened it, for life:
/// <code>
/// using TunDevice device = NamespaceScope.Run(place, () => TunDevice.Open(new() { Addresses = [TunAddress.Parse("10.7.0.1/24")] }));
/// </code>
/// </summary>
public sealed unsafe class TunDevice : IPacketDevice
{
    private readonly SafeFileHandle _queue;
    private readonly SafeFileHandle _wake;
    private readonly TunOptions _options;

    private TunDevice(SafeFileHandle queue, string name, TunOptions options)
    {
        (_queue, Name, _options) = (queue, name, options);
        int wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        _wake = wake >= 0 ? new(wake, ownsHandle: true) : throw Failure("make a descriptor to be woken by (eventfd)");
    }

    /// <summary>As `ip link` shows it.</summary>
    public string Name { get; }

    public int Mtu => _options.Mtu;

    public bool HasOffloads => _options.Offloads;

    /// <summary>Makes the interface, gives it its addresses and routes, and sets it up. Needs CAP_NET_ADMIN.</summary>
    /// <exception cref="SystemCallException">Refused; nothing is left behind.</exception>
    public static TunDevice Open(TunOptions options)
    {
        TunDevice device = Attach(options.Name, options);
        try
        {
            using var setup = InterfaceSetup.Open(device.Name);
            setup.Configure(options.Mtu, options.QueueLength);
            foreach (TunAddress address in options.Addresses)
            {
                setup.AddAddress(address.Address, address.PrefixLength);
            }

            setup.Raise();
            foreach (System.Net.IPNetwork route in options.Routes)
            {
                setup.AddRoute(route);
            }

            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>A further queue of the same interface, for another thread and another host behind it (<see cref="TunOptions.MultiQueue"/>).</summary>
    /// <exception cref="SystemCallException">Not a device of many queues, or called in another namespace.</exception>
    public TunDevice OpenQueue() => Attach(Name, _options);

    public bool TryRead(Span<byte> buffer, out int length, out PacketOffload offload)
    {
        VirtioHeader header = default;
        nint read;
        fixed (byte* octets = buffer)
        {
            read = HasOffloads ? ReadParts(&header, octets, buffer.Length) : Libc.read(_queue, octets, (nuint)buffer.Length);
        }

        length = (int)read;
        offload = header.Read();
        return read > 0 || (read < 0 && IsOver("read from"));
    }

    public bool TryWrite(ReadOnlySpan<byte> packet, PacketOffload offload)
    {
        nint written;
        fixed (byte* octets = packet)
        {
            VirtioHeader header = HasOffloads ? VirtioHeader.Describe(packet, offload) : default;
            written = HasOffloads ? WriteParts(&header, octets, packet.Length) : Libc.write(_queue, octets, (nuint)packet.Length);
        }

        return written >= 0 || IsOver("write to");
    }

    public void Wait(TimeSpan timeout)
    {
        bool holdsQueue = false, holdsWake = false;
        try
        {
            _queue.DangerousAddRef(ref holdsQueue);
            _wake.DangerousAddRef(ref holdsWake);
            Libc.PollFd* descriptors = stackalloc Libc.PollFd[2];
            descriptors[0] = new() { fd = (int)_queue.DangerousGetHandle(), events = Libc.POLLIN };
            descriptors[1] = new() { fd = (int)_wake.DangerousGetHandle(), events = Libc.POLLIN };
            Libc.TimeSpec limit = new()
            {
                tv_sec = timeout.Ticks / TimeSpan.TicksPerSecond,
                tv_nsec = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
            };
            int ready = Libc.ppoll(descriptors, 2, timeout < TimeSpan.Zero ? null : &limit, null);
            if (ready > 0 && descriptors[1].revents != 0)
            {
                ulong wakes;
                _ = Libc.read(_wake, (byte*)&wakes, sizeof(ulong));
            }
        }
        finally
        {
            if (holdsQueue)
            {
                _queue.DangerousRelease();
            }

            if (holdsWake)
            {
                _wake.DangerousRelease();
            }
        }
    }

    public void Wake()
    {
        ulong one = 1;
        try
        {
            _ = Libc.write(_wake, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Whoever is woken after the end has nothing left to wake up for.
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _wake.Dispose();
    }

    private static TunDevice Attach(string name, TunOptions options)
    {
        SafeFileHandle queue = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (queue.IsInvalid)
        {
            throw Failure("open /dev/net/tun", "load the module: modprobe tun");
        }

        try
        {
            return new TunDevice(queue, Claim(queue, name, options), options);
        }
        catch
        {
            queue.Dispose();
            throw;
        }
    }

    private static string Claim(SafeFileHandle queue, string name, TunOptions options)
    {
        Libc.IfReq request = default;
        if (Encoding.UTF8.GetByteCount(name) > 15 || !Encoding.UTF8.TryGetBytes(name, ((Span<byte>)request.ifr_name)[..15], out _))
        {
            throw new ArgumentException($"'{name}' is too long for an interface: 15 octets", nameof(options));
        }

        int flags = Libc.IFF_TUN | Libc.IFF_NO_PI | (options.Offloads ? Libc.IFF_VNET_HDR : 0) | (options.MultiQueue ? Libc.IFF_MULTI_QUEUE : 0);
        request.ifr_flags = (short)flags;
        if (Libc.ioctl(queue, Libc.TUNSETIFF, ref request) != 0)
        {
            throw Failure($"make TUN device '{name}'", Marshal.GetLastPInvokeError() switch
            {
                Libc.EPERM => "that needs cap_net_admin: run with sudo",
                Libc.EBUSY => "there is one of that name, with another program behind it: take another name",
                _ => "",
            });
        }

        // A device that stays when its program goes remembers: so it is said also when there is nothing to offload.
        int length = VirtioHeader.Length;
        nuint offloads = options.Offloads ? Libc.TUN_F_CSUM | Libc.TUN_F_TSO4 | Libc.TUN_F_TSO6 : 0;
        if (Libc.ioctl(queue, Libc.TUNSETOFFLOAD, offloads) != 0 || (options.Offloads && Libc.ioctl(queue, Libc.TUNSETVNETHDRSZ, ref length) != 0))
        {
            throw Failure($"agree on offloads with TUN device '{name}'");
        }

        return Encoding.UTF8.GetString(((ReadOnlySpan<byte>)request.ifr_name).TrimEnd((byte)0));
    }

    private nint ReadParts(VirtioHeader* header, byte* octets, int room)
    {
        Libc.IoVec* parts = stackalloc Libc.IoVec[2];
        parts[0] = new() { iov_base = header, iov_len = VirtioHeader.Length };
        parts[1] = new() { iov_base = octets, iov_len = (nuint)room };
        nint read = Libc.readv(_queue, parts, 2);
        return read < 0 ? read : Math.Max(0, read - VirtioHeader.Length);
    }

    private nint WriteParts(VirtioHeader* header, byte* octets, int length)
    {
        Libc.IoVec* parts = stackalloc Libc.IoVec[2];
        parts[0] = new() { iov_base = header, iov_len = VirtioHeader.Length };
        parts[1] = new() { iov_base = octets, iov_len = (nuint)length };
        return Libc.writev(_queue, parts, 2);
    }

    /// <summary>
    /// Always false. EIO: the interface is down, and what is sent is lost, as with a cable that was pulled. EINVAL: a packet that the kernel
    /// takes for none. Everything else means that there is no device any more.
    /// </summary>
    private bool IsOver(string verb) => Marshal.GetLastPInvokeError() switch
    {
        Libc.EAGAIN or Libc.EINTR or Libc.EIO or Libc.ENOBUFS or Libc.ENOMEM or Libc.EINVAL => false,
        int errno => throw new SystemCallException($"{verb} TUN device '{Name}'", errno, "the interface was deleted, or taken over"),
    };

    private static SystemCallException Failure(string tried, string advice = "") => new(tried, Marshal.GetLastPInvokeError(), advice);
}
