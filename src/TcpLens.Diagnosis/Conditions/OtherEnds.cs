using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// The other end of connections within this namespace: both ends stand in the same table, so that a peer that is not there is gone
/// for certain, and one that is there can be named.
/// </summary>
internal static class OtherEnds
{
    /// <summary>
    /// For each socket at <paramref name="indices"/>, a process at its other end; null for an end that exists without a known
    /// holder. A socket without a key has no other end here. Only the far side's remote endpoint is compared: a port or address that
    /// a local redirection rewrites is the other one.
    /// </summary>
    public static Dictionary<int, ProcessRef?> Of(ReadOnlySpan<SocketRecord> sockets, IReadOnlyList<int> indices)
    {
        Dictionary<int, ProcessRef?> found = [];
        Dictionary<Endpoint, int> wanted = new(indices.Count);
        foreach (int index in indices)
        {
            wanted[sockets[index].Entry.Local] = index;
        }

        for (int i = 0; i < sockets.Length && found.Count < indices.Count; i++)
        {
            if (wanted.TryGetValue(sockets[i].Entry.Remote, out int index) && index != i)
            {
                found[index] = sockets[i].Process;
            }
        }

        return found;
    }
}
