using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Reads the kernel's counters of the calling thread's network namespace. /proc/net would be the namespace of the process's first
/// thread; a thread that entered another one (<see cref="NamespaceScope"/>) finds its own under /proc/thread-self/net. Not thread-safe.
/// </summary>
public sealed class CounterReader(string proc = "/proc")
{
    /// <summary>netstat has about 5 KiB; dev, the longest, 125 octets a device.</summary>
    private readonly byte[] _buffer = new byte[64 * 1024];

    private readonly CounterNames _names = new();
    private readonly string _net = proc + "/thread-self/net/";

    /// <summary>Whether to read too what is lost outside of TCP: in devices, softnet, connection tracking; and the files open on the host.</summary>
    public bool WithDrops { get; init; }

    /// <summary>One sample. A file that is missing or unreadable is said in <see cref="CounterSet.Problems"/>.</summary>
    public CounterSet Read()
    {
        CounterSetBuilder builder = new(_names);
        CounterText.ParseTables(File("snmp", builder), builder);
        CounterText.ParseTables(File("netstat", builder), builder);
        CounterText.ParseSnmp6(File("snmp6", builder), builder);
        CounterText.ParseSockstat(File("sockstat", builder), "sockstat", builder);
        CounterText.ParseSockstat(File("sockstat6", builder), "sockstat6", builder);
        if (WithDrops)
        {
            ReadDrops(builder);
        }

        return builder.Build();
    }

    /// <summary>Devices come and go, so they come last: the other names stand in the same places in nearly every sample.</summary>
    private void ReadDrops(CounterSetBuilder builder)
    {
        DropText.ParseFileCount(File("file-nr", builder, proc + "/sys/fs/"), builder);
        DropText.ParseSoftnet(File("softnet_stat", builder), builder);
        if (System.IO.File.Exists(_net + "stat/nf_conntrack"))
        {
            DropText.ParseConntrack(File("stat/nf_conntrack", builder), builder);
        }

        DropText.ParseDevices(File("dev", builder), builder);
    }

    private ReadOnlySpan<byte> File(string name, CounterSetBuilder builder, string? folder = null)
    {
        int length = SmallFile.Read((folder ?? _net) + name, _buffer);
        if (length >= 0 && length < _buffer.Length)
        {
            return _buffer.AsSpan(0, length);
        }

        builder.Report(length switch
        {
            -Libc.ENOENT when name.EndsWith('6') => $"no {name}: IPv6 is switched off",
            < 0 => $"no {name}: {Marshal.GetPInvokeErrorMessage(-length)}",
            _ => $"no {name}: longer than {_buffer.Length} octets",
        });
        return default;
    }
}
