using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// The other end of connections within this namespace: both ends stand in the same table, so that a peer that is not there is gone
/// for certain, and one that is there can be named.
/// </summary>
internal static class OtherEnds
{
    /// <summary>
    /// For each socket at <paramref name="indices"/>, a process at its other end; null for an end that exists without a known holder.
    /// A socket without a key has no other end here. Only the connecting side's address and port are compared: a local redirection
    /// rewrites those of the listening side.
    /// </summary>
    public static Dictionary<int, ProcessRef?> Of(CaseFile facts, IReadOnlyList<int> indices)
    {
        Dictionary<int, ProcessRef?> found = [];
        Dictionary<Endpoint, List<int>> asLocal = [], asRemote = [];
        ReadOnlySpan<SocketRecord> sockets = facts.Sockets;
        foreach (int index in indices)
        {
            SocketEntry entry = sockets[index].Entry;
            (Dictionary<Endpoint, List<int>> wanted, Endpoint connecting) = facts.ListenerOf(in entry) is null ? (asRemote, entry.Local) : (asLocal, entry.Remote);
            (CollectionsMarshal.GetValueRefOrAddDefault(wanted, connecting, out _) ??= []).Add(index);
        }

        for (int i = 0; i < sockets.Length && found.Count < indices.Count; i++)
        {
            SocketEntry entry = sockets[i].Entry;
            Mark(asLocal.GetValueOrDefault(entry.Local), sockets[i].Process);
            Mark(asRemote.GetValueOrDefault(entry.Remote), sockets[i].Process);
        }

        return found;

        void Mark(List<int>? these, ProcessRef? process)
        {
            foreach (int index in these ?? [])
            {
                found[index] = process;
            }
        }
    }
}
