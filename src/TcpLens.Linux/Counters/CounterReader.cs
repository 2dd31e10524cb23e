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
    /// <summary>Longer than any of the files; netstat, the longest, has about 5 KiB.</summary>
    private readonly byte[] _buffer = new byte[64 * 1024];

    private readonly CounterNames _names = new();
    private readonly string _net = proc + "/thread-self/net/";

    /// <summary>One sample. A file that is missing or unreadable is said in <see cref="CounterSet.Problems"/>.</summary>
    public CounterSet Read()
    {
        CounterSetBuilder builder = new(_names);
        CounterText.ParseTables(File("snmp", builder), builder);
        CounterText.ParseTables(File("netstat", builder), builder);
        CounterText.ParseSnmp6(File("snmp6", builder), builder);
        CounterText.ParseSockstat(File("sockstat", builder), "sockstat", builder);
        CounterText.ParseSockstat(File("sockstat6", builder), "sockstat6", builder);
        return builder.Build();
    }

    private ReadOnlySpan<byte> File(string name, CounterSetBuilder builder)
    {
        int length = SmallFile.Read(_net + name, _buffer);
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
