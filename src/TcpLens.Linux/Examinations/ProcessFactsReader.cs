using System.Globalization;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Reads <see cref="ProcessFacts"/> of one process after the other from /proc.</summary>
internal sealed class ProcessFactsReader(ProcFs proc, ContainerNames containers)
{
    private const int ClockTicksPerSecond = 100;   // USER_HZ on every processor that .NET runs on (times(2)).
    private const int LinkMax = 4096;

    private readonly TimeSpan? _sinceBoot = SinceBoot();

    public ProcessFacts Read(ProcessRef process)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"{proc.Root}/{process.Pid}");
        (long? soft, long? hard) = Limits(folder);
        return new ProcessFacts(process)
        {
            State = StateOf(SmallFile.ReadText(folder + "/stat")),
            WaitsIn = SmallFile.ReadText(folder + "/wchan") is { Length: > 0 } place and not "0" ? place : null,
            Container = ContainerName.FromCgroupPath(process.Cgroup) is { } container ? containers.NameOf(container) : null,
            DescriptorLimit = soft,
            DescriptorHardLimit = hard,
            Descriptors = proc.CountDescriptors(process.Pid),
            IsProgramReplaced = IsProgramReplaced(folder),
            Age = AgeOf(process.Pid),
        };
    }

    /// <summary>
    /// The kernel adds " (deleted)" to the link of a file that is gone (proc_pid_exe(5)). A program that was never in a folder
    /// (memfd_create) always has it.
    /// </summary>
    private static bool? IsProgramReplaced(string folder)
    {
        Span<byte> target = stackalloc byte[LinkMax];
        int length = SmallFile.ReadLink(SmallFile.Path(folder + "/exe"), target);
        return length < 0 ? null : target[..length].EndsWith(" (deleted)"u8) && !target.StartsWith("/memfd:"u8);
    }

    private TimeSpan? AgeOf(int pid)
        => _sinceBoot is { } now && proc.StartTimeOf(pid) is { } start && start <= (ulong)(now.TotalSeconds * ClockTicksPerSecond)
            ? now - TimeSpan.FromSeconds((double)start / ClockTicksPerSecond)
            : null;

    /// <summary>By the clock that start times of processes are in; /proc/uptime is another one in some containers.</summary>
    private static TimeSpan? SinceBoot()
        => Libc.clock_gettime(Libc.CLOCK_BOOTTIME, out Libc.TimeSpec time) == 0 ? TimeSpan.FromSeconds(time.tv_sec + (time.tv_nsec / 1e9)) : null;

    /// <summary>proc_pid_stat(5): the state stands behind the last ')', since a name may hold anything.</summary>
    private static char StateOf(string? stat)
    {
        int end = stat?.LastIndexOf(')') ?? -1;
        return end >= 0 && end + 2 < stat!.Length ? stat[end + 2] : '?';
    }

    /// <summary>"Max open files            1024                 524288               files"; "unlimited" is null.</summary>
    private static (long? Soft, long? Hard) Limits(string folder)
    {
        const string Name = "Max open files";
        foreach (string line in (SmallFile.ReadText(folder + "/limits") ?? "").Split('\n'))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                string[] words = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return words.Length < 2 ? default : (Number(words[0]), Number(words[1]));
            }
        }

        return default;

        static long? Number(string word) => long.TryParse(word, out long number) ? number : null;
    }
}
