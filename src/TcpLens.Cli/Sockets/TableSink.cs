using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Sockets as rows of a table, tcp_info and memory on lines of their own below each.</summary>
internal sealed class TableSink : ISocketSink
{
    private readonly Session _session;
    private readonly ISocketContext _context;
    private readonly ListLayout _layout;
    private readonly SocketColumn[] _columns;
    private readonly TableWriter _table;
    private readonly MemoryWriter _below = new(1024);

    public TableSink(Session session, ISocketContext context, ListLayout layout, int indent = 0)
    {
        _session = session;
        _context = context;
        _layout = layout;
        _columns = [.. layout.Columns];
        _table = new TableWriter(session.Output, layout.Style, layout.Shapes) { HasHeader = layout.HasHeader, Indent = indent };
    }

    public void Write(in SocketEntry entry, SocketDetail? detail)
    {
        var socket = new ShownSocket(in entry, detail, _context, _layout.Names);
        foreach (SocketColumn column in _columns)
        {
            column.Write(_table, in socket);
        }

        _below.Clear();
        if (_layout.WithInfo && detail is not null)
        {
            WriteBelow(in entry, detail, isMemory: false);
        }

        if (_layout.WithMemory && detail?.Memory is not null)
        {
            WriteBelow(in entry, detail, isMemory: true);
        }

        _table.EndRow(_below.Written);
    }

    public void Complete() => _table.Complete();

    public void Dispose()
    {
    }

    private void WriteBelow(in SocketEntry entry, SocketDetail detail, bool isMemory)
    {
        var line = new MemoryWriter(512);
        if (isMemory)
        {
            WriteMemory(line, detail.Memory!.Value);
        }
        else
        {
            InfoProse.Write(line, detail, in entry);
        }

        _below.WriteSpaces(4);
        Prose.Write(_below, line.ToString(), _layout.Style.Columns, indent: 4, position: 4);
    }

    private static void WriteMemory(MemoryWriter line, SocketMemory memory)
    {
        line.Write("receive buffer "u8);
        line.WriteSize(memory.ReceiveAllocated);
        line.Write(" of "u8);
        line.WriteSize(memory.ReceiveBuffer);
        line.Write(", send buffer "u8);
        line.WriteSize(memory.SendQueued);
        line.Write(" of "u8);
        line.WriteSize(memory.SendBuffer);
        line.Write(", kept for growth "u8);
        line.WriteSize(memory.ForwardAllocated);
        if (memory.Backlog > 0)
        {
            line.Write(", backlog "u8);
            line.WriteSize(memory.Backlog);
            line.Write(" (its owner is inside a system call)"u8);
        }

        line.Write(memory.Drops > 0 ? "; dropped "u8 : "; nothing dropped"u8);
        if (memory.Drops > 0)
        {
            line.WriteNumber((long)memory.Drops);
        }
    }
}
