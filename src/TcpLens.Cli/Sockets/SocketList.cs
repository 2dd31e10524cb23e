using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// Lists the sockets of a request. Streamed as they come, nothing is kept but, when owners are wanted, the first few thousand rows: if
/// the walk ends within them, only their owners are looked for, and otherwise everybody's.
/// </summary>
internal sealed class SocketList(Session session, LiveMachine machine, SocketRequest request, ListLayout layout)
{
    private const int RowsBeforeAllOwners = 4096;

    public void Stream()
    {
        using ISocketSink sink = NewSink();
        if (request.FiltersByOwner)
        {
            machine.FindAllOwners();
        }

        using SocketWalk walk = machine.Walk(request.Query);
        if (request.NeedsOwners && !request.FiltersByOwner)
        {
            StreamWithOwners(walk, sink);
        }
        else
        {
            StreamRest(walk, sink, layout.Top ?? int.MaxValue);
        }

        sink.Complete();
    }

    /// <summary>Keeps the rows in order of the sort column; with --top no more than those.</summary>
    public void ShowSorted()
    {
        List<KeptSocket> kept = Collect();
        using ISocketSink sink = NewSink();
        foreach (KeptSocket socket in kept)
        {
            sink.Write(in socket.Entry, socket.Detail);
        }

        sink.Complete();
    }

    /// <summary>Every process with its sockets below it; those that nobody holds come last.</summary>
    public void ShowTree()
    {
        var byProcess = new SortedDictionary<(bool Nobody, string Command, int Pid), List<KeptSocket>>();
        foreach (KeptSocket socket in Collect())
        {
            bool nobody = true;
            foreach (SocketHolder holder in machine.HoldersOf(in socket.Entry))
            {
                nobody = false;
                AddTo((false, holder.Process.Command, holder.Process.Pid), socket);
            }

            if (nobody)
            {
                AddTo((true, "no process", 0), socket);
            }
        }

        foreach (((bool nobody, string command, int pid), List<KeptSocket> sockets) in byProcess)
        {
            WriteTitle($"{command}{(nobody ? "" : $" ({pid})")}, {Count(sockets.Count)}");
            using var sink = new TableSink(session, machine, layout with { HasHeader = false }, indent: 2);
            foreach (KeptSocket socket in sockets)
            {
                sink.Write(in socket.Entry, socket.Detail);
            }

            sink.Complete();
        }

        void AddTo((bool Nobody, string Command, int Pid) process, KeptSocket socket)
        {
            if (!byProcess.TryGetValue(process, out List<KeptSocket>? sockets))
            {
                byProcess.Add(process, sockets = []);
            }

            sockets.Add(socket);
        }
    }

    private static string Count(int sockets) => sockets == 1 ? "1 socket" : $"{sockets:N0} sockets";

    private void WriteTitle(string title)
    {
        var text = new MemoryWriter();
        text.WriteText(title);
        var shown = new MemoryWriter();
        int cells = CellWidth.Of(text.Written);
        if (cells > layout.Style.Columns)
        {
            CellWidth.WriteCut(shown, text.Written, cells, layout.Style.Columns.Value, fromStart: false, layout.Style.Unicode);
            text = shown;
        }

        session.Style.Write(session.Output, Ink.Bold, text.Written);
        session.Output.WriteLine();
    }

    private ISocketSink NewSink() => session.Json ? new JsonSink(session, machine, layout) : new TableSink(session, machine, layout);

    private void StreamWithOwners(SocketWalk walk, ISocketSink sink)
    {
        List<KeptSocket> first = [];
        int limit = Math.Min(layout.Top ?? int.MaxValue, RowsBeforeAllOwners);
        while (first.Count < limit && walk.Read(out SocketEntry entry))
        {
            first.Add(new KeptSocket(in entry, walk.Detail?.Copy()));
        }

        bool isAll = first.Count < RowsBeforeAllOwners;
        FindOwners(isAll ? first : null);
        foreach (KeptSocket socket in first)
        {
            sink.Write(in socket.Entry, socket.Detail);
        }

        if (!isAll)
        {
            StreamRest(walk, sink, (layout.Top ?? int.MaxValue) - first.Count);
        }
    }

    private static void StreamRest(SocketWalk walk, ISocketSink sink, int limit)
    {
        for (int i = 0; i < limit && walk.Read(out SocketEntry entry); i++)
        {
            sink.Write(in entry, walk.Detail);
        }
    }

    private List<KeptSocket> Collect()
    {
        if (request.FiltersByOwner || (layout.Sort?.Needs.HasFlag(Observation.Filters.FilterNeeds.Owners) ?? false))
        {
            machine.FindAllOwners();
        }

        var order = new SocketOrder(layout, machine);
        using (SocketWalk walk = machine.Walk(request.Query))
        {
            while (walk.Read(out SocketEntry entry))
            {
                order.Add(in entry, walk.Detail);
            }
        }

        List<KeptSocket> kept = order.Take();
        if (request.NeedsOwners)
        {
            FindOwners(kept.Count <= RowsBeforeAllOwners ? kept : null);
        }

        return kept;
    }

    private void FindOwners(List<KeptSocket>? sockets)
    {
        if (sockets is null)
        {
            machine.FindAllOwners();
            return;
        }

        var inodes = new uint[sockets.Count];
        for (int i = 0; i < inodes.Length; i++)
        {
            inodes[i] = sockets[i].Entry.Inode;
        }

        machine.FindOwners(inodes);
    }
}

/// <summary>A socket kept for later: a walk overwrites what it hands out.</summary>
internal sealed class KeptSocket(in SocketEntry entry, SocketDetail? detail)
{
    public readonly SocketEntry Entry = entry;

    public SocketDetail? Detail { get; } = detail;
}
