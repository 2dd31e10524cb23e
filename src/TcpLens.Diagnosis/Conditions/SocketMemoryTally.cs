using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>Whose the socket memory is: octets waiting to be read or sent, with the kernel's overhead, by process.</summary>
internal sealed class SocketMemoryTally
{
    public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

    /// <summary>Octets of all sockets.</summary>
    public long Octets { get; private set; }

    public long OrphanOctets { get; private set; }

    public long UnreadOctets { get; private set; }

    public Endpoint LargestLocal { get; private set; }

    public Endpoint LargestRemote { get; private set; }

    public long LargestOctets { get; private set; }

    public static SocketMemoryTally Of(CaseFile facts)
    {
        SocketMemoryTally tally = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Memory is { } memory)
            {
                tally.Add(in socket, memory);
            }
        }

        return tally;
    }

    /// <summary>At most five, the largest first.</summary>
    /// <param name="facts">Knows their containers.</param>
    /// <param name="cgroup">Only processes in it; null: all.</param>
    public IEnumerable<Culprit> Culprits(CaseFile facts, string? cgroup = null)
        => Processes.Largest(Tally<ProcessRef>.KeysMax)
            .Where(pair => cgroup is null || pair.Key.Cgroup?.StartsWith(cgroup, StringComparison.Ordinal) == true)
            .Take(5)
            .Select(pair => facts.CulpritOf(pair.Key, $"{Words.Octets(pair.Value)} of {Words.Octets(Octets)} in socket buffers"));

    private void Add(in SocketRecord socket, SocketMemory memory)
    {
        long octets = (long)memory.ReceiveAllocated + memory.SendQueued + memory.Backlog;
        Octets += octets;
        UnreadOctets += memory.ReceiveAllocated;
        OrphanOctets += socket.Entry.IsOrphan ? octets : 0;
        if (octets > LargestOctets)
        {
            (LargestOctets, LargestLocal, LargestRemote) = (octets, socket.Entry.Local, socket.Entry.Remote);
        }

        if (octets > 0 && socket.Process is { } process)
        {
            Processes.Add(process, octets);
        }
    }
}
