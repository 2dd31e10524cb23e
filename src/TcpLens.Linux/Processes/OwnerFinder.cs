namespace TcpLens.Linux;

/// <summary>
/// Finds out who holds sockets, the cheapest way that gives the whole answer: the links in /proc of the processes that come into question,
/// or of all, or the kernel's own walk over all files (<see cref="TaskFileIterator"/>) where there are many and we may.
/// </summary>
/// <param name="proc">The proc file system to read; BPF is only used beside the real one.</param>
/// <param name="mayUseBpf">False to read links in any case.</param>
public sealed class OwnerFinder(ProcFs proc, bool mayUseBpf = true)
{
    // Measured, in nanoseconds: see docs/performance.md. They only have to be right within a factor of two.
    private const long LinkCost = 3_300;
    private const long VisitCost = 350;
    private const long ProgramCost = 5_000_000;

    private const long MostReserved = 1 << 20;       // 24 MB; an index of more grows as it needs to.
    private const long DescriptorsOfUnknown = 32;   // Before Linux 6.2 a process does not say how many it has.

    /// <summary>Finds the holders of all sockets.</summary>
    /// <param name="namespaceInode">The network namespace whose sockets matter; 0 for all. More may be found, never less.</param>
    public OwnerIndex FindAll(uint namespaceInode = 0)
    {
        OwnerIndex index = new(proc, []);
        List<Candidate> all = Survey(namespaceInode);

        // To tell a socket's namespace costs the kernel a cache miss; it pays only where most sockets are elsewhere.
        bool mostAreElsewhere = 2 * Descriptors(all.FindAll(static candidate => candidate.IsNear)) < Descriptors(all);
        FindAmong(index, all, mostAreElsewhere ? namespaceInode : 0, alreadyRead: null);
        return index;
    }

    /// <summary>
    /// Finds the holders of all sockets of a namespace by the kernel's own walk, which at the same time tells which of them have ended.
    /// Null where that walk is not to be had.
    /// </summary>
    /// <param name="namespaceInode">The network namespace whose sockets matter.</param>
    /// <param name="ended">Those that have ended, by process.</param>
    internal OwnerIndex? TryFindWithStates(uint namespaceInode, out ClosedSockets ended)
    {
        OwnerIndex index = new(proc, []);
        ended = new ClosedSockets { IsExact = true };
        return WhyNoProgram() is null && TryProgram(index, namespaceInode, Descriptors(Survey(0)), out _, ended) ? index : null;
    }

    /// <summary>
    /// Finds the holders of these sockets. The processes of their namespace are asked first, and all of them, since a socket can have
    /// many holders; others only while a socket is left without any.
    /// </summary>
    /// <param name="inodes">The sockets; inode 0, which nobody holds, is passed over.</param>
    /// <param name="namespaceInode">Their network namespace; 0 when they have several or it is unknown.</param>
    public OwnerIndex Find(ReadOnlySpan<uint> inodes, uint namespaceInode)
    {
        if (inodes.IsEmpty)
        {
            return new OwnerIndex(proc, [0]) { Source = "nobody was asked: there is no socket to look for" };
        }

        OwnerIndex index = new(proc, inodes);
        List<Candidate> all = Survey(namespaceInode);
        List<Candidate> near = namespaceInode == 0 ? [] : all.FindAll(static candidate => candidate.IsNear);
        if (near.Count == 0 || (WhyNoProgram() is null && IsProgramCheaper(Descriptors(near), Descriptors(all))))
        {
            FindAmong(index, all, namespaceInode, alreadyRead: null);
            return index;
        }

        Walk(index, near);
        index.Source = $"links in {proc.Root}, of {Processes(near.Count)} in this network namespace";
        if (index.Unfound > 0)
        {
            FindAmong(index, all, namespaceInode, near);
        }

        return index;
    }

    private void FindAmong(OwnerIndex index, List<Candidate> all, uint namespaceInode, List<Candidate>? alreadyRead)
    {
        List<Candidate> unread = alreadyRead is null ? all : all.FindAll(static candidate => !candidate.IsNear);
        bool isProgramCheaper = IsProgramCheaper(Descriptors(unread), Descriptors(all));
        string? whyNot = isProgramCheaper ? WhyNoProgram() : null;
        if (isProgramCheaper && whyNot is null && TryProgram(index, namespaceInode, Descriptors(all), out whyNot))
        {
            return;
        }

        Walk(index, unread);
        index.Source = $"links in {proc.Root}, of all {Processes(all.Count)}{(whyNot is null ? "" : $" (no BPF: {whyNot})")}{Unread(index)}";
    }

    private string? WhyNoProgram() => !mayUseBpf ? "it is switched off"
        : proc.Root != "/proc" ? $"{proc.Root} is not this machine's /proc"
        : BpfSupport.WhyNot();

    private static string Unread(OwnerIndex index) => index.UnreadableProcesses == 0
        ? ""
        : $"; {Processes(index.UnreadableProcesses)} could not be read: run as root or with cap_sys_ptrace,cap_dac_read_search";

    private static string Processes(int count) => count == 1 ? "1 process" : $"{count} processes";

    /// <summary>False, and the index as it was, when the program could not be run to its end.</summary>
    private static bool TryProgram(OwnerIndex index, uint namespaceInode, long descriptors, out string? whyNot, ClosedSockets? ended = null)
    {
        using TaskFileIterator? files = TaskFileIterator.TryOpen(namespaceInode, out whyNot, withStates: ended is not null);
        if (files is null)
        {
            return false;
        }

        try
        {
            index.Clear();   // What the links told, the program tells again.
            if (!index.IsSelective)
            {
                index.Reserve((int)Math.Min(descriptors, MostReserved));
            }

            while (files.Read(out SocketDescriptor descriptor))
            {
                index.Add(descriptor.Inode, descriptor.Pid, descriptor.Descriptor);
                if (descriptor.IsEnded)
                {
                    ended?.Add(descriptor.Pid, descriptor.Inode);
                }
            }

            index.UnreadableProcesses = 0;
            index.Source = "BPF iterator task_file, over the files of all processes";
            return true;
        }
        catch (SystemCallException refused)
        {
            index.Clear();
            whyNot = refused.Message;
            return false;
        }
    }

    private void Walk(OwnerIndex index, List<Candidate> processes)
    {
        foreach (Candidate process in processes)
        {
            if (proc.ReadSockets(process.Pid, index) == ProcessReading.Forbidden)
            {
                index.UnreadableProcesses++;
            }
        }
    }

    private List<Candidate> Survey(uint namespaceInode)
    {
        List<int> pids = proc.Processes();
        List<Candidate> candidates = new(pids.Count);
        foreach (int pid in pids)
        {
            bool isNear = namespaceInode != 0 && proc.NamespaceOf(pid) == namespaceInode;
            candidates.Add(new Candidate(pid, proc.DescriptorCount(pid) is > 0 and var count ? count : DescriptorsOfUnknown, isNear));
        }

        return candidates;
    }

    private static long Descriptors(List<Candidate> processes)
    {
        long sum = 0;
        foreach (Candidate process in processes)
        {
            sum += process.Descriptors;
        }

        return sum;
    }

    private static bool IsProgramCheaper(long links, long all) => links * LinkCost > ProgramCost + (all * VisitCost);

    private readonly record struct Candidate(int Pid, long Descriptors, bool IsNear);
}
