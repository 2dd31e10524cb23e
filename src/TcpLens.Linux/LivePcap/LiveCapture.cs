using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Packets of an interface as they pass, out of a ring that the kernel fills (TPACKET_V3, through libpcap).
/// <code>
/// using LiveCapture capture = LiveCapture.Open(options);
/// while (…)
///     if (capture.Read(taker, most: 10_000) == 0)
///         capture.Wait(TimeSpan.FromMilliseconds(50));
/// </code>
/// It is opened by whoever may (cap_net_raw) and then needs no privilege. One thread at a time may use it.
/// </summary>
public sealed unsafe class LiveCapture : IDisposable
{
    private readonly PcapHandle _handle;
    private readonly int _descriptor;
    private GCHandle _self;
    private IPacketTaker? _taker;
    private ExceptionDispatchInfo? _failure;
    private CaptureCounts _counts;
    private Libpcap.PcapStat _lastStatistics;

    private LiveCapture(PcapHandle handle, LiveCaptureOptions options)
    {
        _handle = handle;
        Options = options;
        _descriptor = Libpcap.pcap_get_selectable_fd(handle);
        SnapLength = Libpcap.pcap_snapshot(handle);
        LinkType = Libpcap.pcap_datalink(handle) is Libpcap.DLT_RAW ? Libpcap.LINKTYPE_RAW : Libpcap.pcap_datalink(handle);
        _self = GCHandle.Alloc(this);
    }

    public LiveCaptureOptions Options { get; }

    /// <summary>LINKTYPE_… as in capture files.</summary>
    public int LinkType { get; }

    /// <summary>Octets of each packet that are kept at most.</summary>
    public int SnapLength { get; }

    /// <summary>Starts to capture in the calling thread's network namespace.</summary>
    /// <exception cref="IOException">It could not be opened: no libpcap, no such interface, no privilege. The message says what to do.</exception>
    /// <exception cref="FilterSyntaxException">The filter cannot be understood.</exception>
    public static LiveCapture Open(LiveCaptureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Libpcap.Load();
        byte* failure = stackalloc byte[Libpcap.PCAP_ERRBUF_SIZE];
        PcapHandle handle = Libpcap.pcap_create(options.Interface, failure);
        try
        {
            if (handle.IsInvalid)
            {
                throw new IOException($"could not capture on {options.Interface}: {PcapHandle.TextOf(new(failure, Libpcap.PCAP_ERRBUF_SIZE))}");
            }

            Activate(handle, options);
            SetFilter(handle, options.Filter);
            Check(Libpcap.pcap_setnonblock(handle, 1, failure), handle, options.Interface);
            return new LiveCapture(handle, options);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Hands over packets that are there, without waiting for more.</summary>
    /// <param name="taker">Gets them, in the order in which the kernel saw them. What it throws is thrown here.</param>
    /// <param name="most">After so many it ends, though there may be more.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="InterfaceGoneException">There will be no more. Packets that are in the ring can be read all the same.</exception>
    public int Read(IPacketTaker taker, int most)
    {
        _taker = taker;
        int count = Libpcap.pcap_dispatch(_handle, most, &OnPacket, GCHandle.ToIntPtr(_self));
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }

        return count >= 0 ? count : throw new InterfaceGoneException($"could not capture on {Options.Interface} any longer: {_handle.Failure}");
    }

    /// <summary>Waits until there may be packets, or the time is over.</summary>
    public void Wait(TimeSpan atMost)
    {
        var readable = new Libc.PollFd { fd = _descriptor, events = Libc.POLLIN };
        _ = Libc.poll(ref readable, 1, (int)Math.Ceiling(Math.Clamp(atMost.TotalMilliseconds, 0, 60_000)));
    }

    /// <summary>Counts since it was opened. Ask at least once in two billion packets: the kernel counts in 32 bits.</summary>
    public CaptureCounts Counts()
    {
        var now = default(Libpcap.PcapStat);
        if (Libpcap.pcap_stats(_handle, &now) == 0)
        {
            _counts = new(
                _counts.Received + unchecked(now.ps_recv - _lastStatistics.ps_recv),
                _counts.DroppedByKernel + unchecked(now.ps_drop - _lastStatistics.ps_drop),
                _counts.DroppedByInterface + unchecked(now.ps_ifdrop - _lastStatistics.ps_ifdrop));
            _lastStatistics = now;
        }

        return _counts;
    }

    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            _handle.Dispose();
            _self.Free();
        }
    }

    private static void Activate(PcapHandle handle, LiveCaptureOptions options)
    {
        _ = Libpcap.pcap_set_snaplen(handle, options.SnapLength);
        _ = Libpcap.pcap_set_promisc(handle, options.IsPromiscuous && options.Interface != LiveCaptureOptions.EveryInterface ? 1 : 0);
        _ = Libpcap.pcap_set_timeout(handle, (int)options.Latency.TotalMilliseconds);
        _ = Libpcap.pcap_set_buffer_size(handle, options.BufferOctets);
        _ = Libpcap.pcap_set_tstamp_precision(handle, Libpcap.PCAP_TSTAMP_PRECISION_NANO);
        Check(Libpcap.pcap_activate(handle), handle, options.Interface);
        if (options.Interface == LiveCaptureOptions.EveryInterface)
        {
            _ = Libpcap.pcap_set_datalink(handle, Libpcap.DLT_LINUX_SLL2);   // libpcap before 1.10 has only the header that does not name the interface.
        }
    }

    /// <summary>An empty filter is set as well: it makes the kernel cut packets at the snap length, where otherwise it copies them whole.</summary>
    private static void SetFilter(PcapHandle handle, string filter)
    {
        using PcapProgram program = PcapProgram.Compile(handle, filter);
        if (Libpcap.pcap_setfilter(handle, program.Code) != 0)
        {
            throw new FilterSyntaxException(filter, handle.Failure);
        }
    }

    /// <summary>Above 0 are warnings, such as that a device knows no promiscuous mode.</summary>
    private static void Check(int result, PcapHandle handle, string name)
    {
        if (result < 0)
        {
            throw new IOException($"could not capture on {name}: {Reason(result, handle, name)}");
        }
    }

    private static string Reason(int result, PcapHandle handle, string name) => result switch
    {
        Libpcap.PCAP_ERROR_PERM_DENIED or Libpcap.PCAP_ERROR_PROMISC_PERM_DENIED
            => $"that needs cap_net_raw; run with sudo, or once: sudo setcap cap_net_raw+ep {Environment.ProcessPath}",
        Libpcap.PCAP_ERROR_NO_SUCH_DEVICE => $"there is no such interface; there are {string.Join(", ", CaptureInterfaces.Names())} and any",
        Libpcap.PCAP_ERROR_IFACE_NOT_UP => $"it is down; try: ip link set {name} up",
        _ => handle.Failure is { Length: > 0 } said ? said : $"libpcap says {result}",
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnPacket(byte* user, Libpcap.PcapPkthdr* header, byte* packet)
    {
        // Nothing managed may be thrown through libpcap's frames: it is kept until they are left.
        var capture = (LiveCapture)GCHandle.FromIntPtr((nint)user).Target!;
        if (capture._failure is not null)
        {
            return;
        }

        try
        {
            long time = ((long)header->tv_sec * 1_000_000_000) + header->tv_usec;
            capture._taker!.Take(time, new ReadOnlySpan<byte>(packet, (int)header->caplen), (int)header->len);
        }
        catch (Exception failure)
        {
            capture._failure = ExceptionDispatchInfo.Capture(failure);
            Libpcap.pcap_breakloop(capture._handle);
        }
    }
}
