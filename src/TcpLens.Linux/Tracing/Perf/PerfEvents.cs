using System.Numerics;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Tracepoints opened on every processor that is at work, each processor's into one ring. Nothing of it outlives the process: the kernel
/// takes the events away with their descriptors.
/// </summary>
internal sealed class PerfEvents : IDisposable
{
    private const int LongestRing = 4 << 20;
    private const int LongestInAll = 64 << 20;
    private const int Share = 2;   // A processor's part of the ring that was asked for: a reader that waits for its turn must not lose what came meanwhile.

    private readonly List<PerfProcessor> _processors = [];

    private PerfEvents()
    {
    }

    public IReadOnlyList<PerfRing> Rings => _processors.ConvertAll(processor => processor.Ring);

    /// <summary>Octets of one processor's ring.</summary>
    public int RingLength { get; private set; }

    /// <summary>False when the kernel did not take a filter.</summary>
    public bool AreFiltered => _processors.TrueForAll(processor => processor.IsFiltered);

    public ulong Lost => _processors.Aggregate(0ul, static (sum, processor) => sum + processor.Lost);

    /// <inheritdoc cref="PerfProcessor.Unrecorded"/>
    public ulong Unrecorded => _processors.Aggregate(0ul, static (sum, processor) => sum + processor.Unrecorded);

    /// <summary>Null, and a sentence why, when the kernel refuses.</summary>
    /// <param name="tracepoints">What to listen to.</param>
    /// <param name="ringLength">Octets asked for: half of them for each processor, at most 4 MiB, and at most 64 MiB in all.</param>
    /// <param name="whyNot">The reason when null is returned.</param>
    public static PerfEvents? TryOpen(IReadOnlyList<PerfTracepoint> tracepoints, int ringLength, out string? whyNot)
    {
        List<int> processors = OnlineProcessors(SmallFile.ReadText("/sys/devices/system/cpu/online"));
        PerfEvents events = new() { RingLength = LengthFor(ringLength, processors.Count) };
        try
        {
            foreach (int processor in processors)
            {
                if (PerfProcessor.Open(processor, tracepoints, events.RingLength) is { } opened)
                {
                    events._processors.Add(opened);
                    events.RingLength = opened.RingLength;   // Where so much may not be locked, the next ones need not try.
                }
            }

            foreach (PerfProcessor processor in events._processors)
            {
                processor.Enable();
            }

            whyNot = events._processors.Count == 0 ? "no processor of this machine lets itself be traced" : null;
            return whyNot is null ? events : null;
        }
        catch (SystemCallException refused)
        {
            events.Dispose();
            whyNot = refused.Message;
            return null;
        }
    }

    public void Dispose() => _processors.ForEach(processor => processor.Dispose());

    internal static int LengthFor(int ringLength, int processors)
    {
        uint most = (uint)Math.Clamp(LongestInAll / Math.Max(1, processors), Environment.SystemPageSize, LongestRing);
        uint wanted = (uint)Math.Clamp(ringLength / Share, Environment.SystemPageSize, most);
        return 1 << BitOperations.Log2(wanted);
    }

    /// <summary>"0-3,8": numbers and ranges; those of .NET when /sys does not tell.</summary>
    internal static List<int> OnlineProcessors(string? list)
    {
        const int Most = 8192;   // NR_CPUS of the largest distribution kernels.
        List<int> processors = [];
        foreach (string range in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (int.TryParse(ends[0], out int first) && int.TryParse(ends[^1], out int last) && first >= 0 && last < Most)
            {
                processors.AddRange(Enumerable.Range(first, Math.Max(0, last - first + 1)));
            }
        }

        return processors.Count > 0 ? processors : [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }
}
