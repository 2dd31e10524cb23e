using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>The events of one processor, and the ring they share.</summary>
internal sealed class PerfProcessor : IDisposable
{
    private readonly List<SafeFileHandle> _events;
    private readonly nint _start;
    private readonly bool _tellsLost;

    private PerfProcessor(List<SafeFileHandle> events, nint start, int ringLength, bool tellsLost, bool isFiltered)
    {
        (_events, _start, _tellsLost) = (events, start, tellsLost);
        IsFiltered = isFiltered;
        RingLength = ringLength;
        Ring = new PerfRing(start, ringLength);
    }

    public PerfRing Ring { get; }

    public int RingLength { get; }

    /// <summary>False when the kernel did not take a filter, and sends what nobody asked for.</summary>
    public bool IsFiltered { get; }

    /// <summary>
    /// Samples that found no room. The ring tells of a loss only with the next record that fits; the events, which are asked where there
    /// may have been one, tell at once (Linux 6.0).
    /// </summary>
    public ulong Lost => _tellsLost && Ring.WasFull ? Math.Max(Ring.Lost, CountedByEvents().Lost) : Ring.Lost;

    /// <summary>Samples that the events counted, less those that were written and those that found no room.</summary>
    public ulong Unrecorded
    {
        get
        {
            (ulong counted, ulong lost) = CountedByEvents();   // First: what is counted now is written by the time the ring is looked at.
            ulong written = Ring.CountSamples();
            ulong accounted = written + (_tellsLost ? lost : Ring.Lost);
            return counted > accounted ? counted - accounted : 0;
        }
    }

    /// <summary>Null when the processor is not at work.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static PerfProcessor? Open(int processor, IReadOnlyList<PerfTracepoint> tracepoints, int ringLength)
    {
        List<SafeFileHandle> events = [];
        try
        {
            bool tellsLost = true, isFiltered = true;
            foreach (PerfTracepoint tracepoint in tracepoints)
            {
                if (Open(processor, tracepoint, isFirst: events.Count == 0, ref tellsLost) is not { } opened)
                {
                    return null;
                }

                events.Add(opened);
                isFiltered &= TrySetFilter(opened, tracepoint.Filter);
            }

            PerfProcessor whole = new(events, Map(events[0], ref ringLength), ringLength, tellsLost, isFiltered);
            events = [];
            return whole.ShareRing();
        }
        finally
        {
            events.ForEach(opened => opened.Dispose());
        }
    }

    /// <summary>From now on events come.</summary>
    public void Enable() => _events.ForEach(opened => Do(opened, Libc.PERF_EVENT_IOC_ENABLE, 0));

    public void Dispose()
    {
        _events.ForEach(opened => opened.Dispose());
        _ = Libc.munmap(_start, (nuint)(Environment.SystemPageSize + RingLength));
    }

    /// <summary>The ring is the first event's; it has to be mapped before others can write into it.</summary>
    private PerfProcessor ShareRing()
    {
        try
        {
            foreach (SafeFileHandle other in _events.Skip(1))
            {
                Do(other, Libc.PERF_EVENT_IOC_SET_OUTPUT, _events[0].DangerousGetHandle());
            }

            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The first one also tells of processes that begin and of new names.</summary>
    private static SafeFileHandle? Open(int processor, PerfTracepoint tracepoint, bool isFirst, ref bool tellsLost)
    {
        const ulong Always = Libc.PERF_ATTR_DISABLED | Libc.PERF_ATTR_WATERMARK | Libc.PERF_ATTR_SAMPLE_ID_ALL | Libc.PERF_ATTR_USE_CLOCKID;
        Libc.PerfEventAttr attributes = new()
        {
            type = Libc.PERF_TYPE_TRACEPOINT,
            size = Libc.PerfEventAttr.Length,
            config = tracepoint.Format.Id,
            sample_period = 1,
            sample_type = Libc.PERF_SAMPLE_TID | Libc.PERF_SAMPLE_TIME | Libc.PERF_SAMPLE_RAW,
            read_format = tellsLost ? Libc.PERF_FORMAT_LOST : 0,
            flags = Always | (isFirst ? Libc.PERF_ATTR_COMM | Libc.PERF_ATTR_TASK : 0),
            wakeup_watermark = int.MaxValue,   // Nobody waits to be woken: we come and look.
            clockid = Libc.CLOCK_MONOTONIC,
        };

        int fd = Libc.perf_event_open(attributes, processor);
        int errno = Marshal.GetLastPInvokeError();
        if (fd < 0 && errno == Libc.EINVAL && tellsLost)
        {
            tellsLost = false;
            return Open(processor, tracepoint, isFirst, ref tellsLost);
        }

        if (fd < 0)
        {
            return errno == Libc.ENODEV ? null : throw Refused(errno);
        }

        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>A kernel that does not understand the condition sends everything, which is looked through here anyway.</summary>
    private static unsafe bool TrySetFilter(SafeFileHandle opened, string filter)
    {
        fixed (byte* text = SmallFile.Path(filter))
        {
            return filter.Length == 0 || Libc.ioctl(opened, Libc.PERF_EVENT_IOC_SET_FILTER, (nint)text) == 0;
        }
    }

    /// <summary>Without cap_ipc_lock only so much may be locked (kernel.perf_event_mlock_kb): then a smaller ring must do.</summary>
    private static unsafe nint Map(SafeFileHandle first, ref int ringLength)
    {
        int page = Environment.SystemPageSize;
        while (true)
        {
            nint start = Libc.mmap(null, (nuint)(page + ringLength), Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, first, 0);
            if (start != Libc.MAP_FAILED)
            {
                return start;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Libc.EPERM || ringLength <= page)
            {
                throw new SystemCallException("map a perf ring", errno, "cap_ipc_lock, or a larger kernel.perf_event_mlock_kb, allows it");
            }

            ringLength /= 2;
        }
    }

    private static void Do(SafeFileHandle opened, nuint request, nint argument)
    {
        if (Libc.ioctl(opened, request, argument) < 0)
        {
            throw new SystemCallException("set up a perf event", Marshal.GetLastPInvokeError());
        }
    }

    private static SystemCallException Refused(int errno) => new("listen to tracepoints by perf_event_open", errno, errno switch
    {
        Libc.EACCES or Libc.EPERM when !PerfSupport.IsAllowed => PerfSupport.HowToAllow,
        Libc.EACCES or Libc.EPERM => "a container's seccomp profile or the kernel's lockdown forbids it",
        Libc.ENOSYS => "this kernel has no perf events",
        Libc.EINVAL => "this kernel may be too old for it (4.1 is needed)",
        _ => "",
    });

    /// <summary>Losses are 0 where the kernel does not tell them.</summary>
    private unsafe (ulong Counted, ulong Lost) CountedByEvents()
    {
        (ulong counted, ulong lost) = (0, 0);
        ulong* answer = stackalloc ulong[2];
        foreach (SafeFileHandle opened in _events)
        {
            answer[0] = answer[1] = 0;   // A read that fails leaves both; without PERF_FORMAT_LOST it leaves the second.
            _ = Libc.read(opened, (byte*)answer, 2 * sizeof(ulong));
            counted += answer[0];
            lost += answer[1];
        }

        return (counted, lost);
    }
}
