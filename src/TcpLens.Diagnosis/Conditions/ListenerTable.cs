using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>The listeners of an examination, and which connections are theirs.</summary>
internal sealed class ListenerTable
{
    private readonly Dictionary<(uint Namespace, ushort Port), List<ListenerCase>> _byPort = [];

    private ListenerTable(IReadOnlyList<ListenerCase> all)
    {
        All = all;
        foreach (ListenerCase listener in all)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_byPort, (listener.Socket.Entry.Namespace, listener.Local.Port), out _) ??= []).Add(listener);
        }
    }

    public IReadOnlyList<ListenerCase> All { get; }

    public static ListenerTable Of(Examination seen)
    {
        Dictionary<(uint, ushort), int> unaccepted = [];
        List<SocketRecord> listeners = [];
        foreach (ref readonly SocketRecord socket in seen.Now.Sockets.All)
        {
            if (socket.Entry.State == TcpState.Listen)
            {
                listeners.Add(socket);
            }
            else if (socket.Entry.Inode == 0 && socket.Entry.IsUnaccepted)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(unaccepted, (socket.Entry.Namespace, socket.Entry.Local.Port), out _)++;
            }
        }

        return new ListenerTable([.. listeners.Select(socket => CaseOf(socket, seen, unaccepted.GetValueOrDefault((socket.Entry.Namespace, socket.Entry.Local.Port))))]);
    }

    /// <summary>A listener on the very address comes before one on all addresses.</summary>
    public ListenerCase? Of(in SocketEntry entry)
    {
        if (!_byPort.TryGetValue((entry.Namespace, entry.Local.Port), out List<ListenerCase>? candidates))
        {
            return null;
        }

        ListenerCase? wide = null;
        foreach (ListenerCase listener in candidates)
        {
            if (listener.Local.Address == entry.Local.Address)
            {
                return listener;
            }

            wide ??= listener.Local.Address.IsUnspecified ? listener : null;
        }

        return wide;
    }

    private static ListenerCase CaseOf(SocketRecord socket, Examination seen, int unaccepted)
    {
        bool wasThere = seen.Before.Sockets.TryFind(socket.Entry.Cookie, out SocketRecord before);
        long? dropped = wasThere && seen.Elapsed > TimeSpan.Zero && socket.Memory is { } now && before.Memory is { } then
            ? unchecked(now.Drops - then.Drops)
            : null;
        return new ListenerCase(socket, wasThere ? before.Entry.ReceiveQueue : null, dropped, unaccepted);
    }
}
