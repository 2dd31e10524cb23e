using System.Globalization;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Reads <see cref="ProcessFacts"/> of the processes that hold sockets, from /proc.</summary>
public sealed class ProcessFactsReader(string proc = "/proc")
{
    /// <summary>Processes looked at; a machine with more has its story told by the largest of them.</summary>
    public const int ProcessesMax = 4096;

    public IReadOnlyList<ProcessFacts> Read(SocketTable sockets)
    {
        Dictionary<int, ProcessFacts> processes = [];
        foreach (ref readonly SocketRecord socket in sockets.All)
        {
            if (socket.Process is null)
            {
                continue;
            }

            foreach (ProcessRef holder in sockets.HoldersOf(in socket))
            {
                if (processes.Count < ProcessesMax && !processes.ContainsKey(holder.Pid))
                {
                    processes.Add(holder.Pid, Read(holder));
                }
            }
        }

        return [.. processes.Values];
    }

    private ProcessFacts Read(ProcessRef process)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"{proc}/{process.Pid}");
        (long? soft, long? hard) = Limits(folder);
        return new ProcessFacts(process)
        {
            State = StateOf(SmallFile.ReadText(folder + "/stat")),
            WaitsIn = SmallFile.ReadText(folder + "/wchan") is { Length: > 0 } place and not "0" ? place : null,
            DescriptorLimit = soft,
            DescriptorHardLimit = hard,
            Descriptors = Descriptors(folder),
        };
    }

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

    private static long? Descriptors(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder + "/fd").LongCount();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;   // Gone meanwhile, or not ours to see.
        }
    }
}
