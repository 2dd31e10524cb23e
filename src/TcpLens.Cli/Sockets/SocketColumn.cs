using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Writes one cell, and ends it.</summary>
internal delegate void CellWriter(TableWriter table, in ShownSocket socket);

/// <summary>What rows are sorted by: a number, or a text; unknown sorts last.</summary>
internal delegate SortKey SortKeyReader(in ShownSocket socket);

/// <summary>A column of the socket list: how it is called, what it needs to know, how it is written and sorted.</summary>
internal sealed record SocketColumn(string Name, Column Shape, FilterNeeds Needs, CellWriter Write, SortKeyReader Key)
{
    private static readonly HolderText Holders = new();

    public static readonly SocketColumn State = new(
        "state", new Column("State"), FilterNeeds.None,
        static (table, in socket) => table.Word(TcpStateNames.Utf8Name(socket.Entry.State, StateSpelling.Ss), InkOf(socket.Entry.State)),
        static (in socket) => (byte)socket.Entry.State);

    public static readonly SocketColumn ReceiveQueue = new(
        "recvq", new Column("Recv-Q") { Align = Align.Right }, FilterNeeds.None,
        static (table, in socket) => table.Number(socket.Entry.ReceiveQueue),
        static (in socket) => socket.Entry.ReceiveQueue);

    public static readonly SocketColumn SendQueue = new(
        "sendq", new Column("Send-Q") { Align = Align.Right }, FilterNeeds.None,
        static (table, in socket) => table.Number(socket.Entry.SendQueue),
        static (in socket) => socket.Entry.SendQueue);

    public static readonly SocketColumn Local = new(
        "local", new Column("Local Address:Port") { Cut = Cut.End, MinWidth = 9 }, FilterNeeds.None,
        static (table, in socket) => WriteEndpoint(table, in socket, socket.Entry.Local),
        static (in socket) => SortKey.Of(socket.Entry.Local.Address));

    public static readonly SocketColumn Remote = new(
        "remote", new Column("Peer Address:Port") { Cut = Cut.End, MinWidth = 9 }, FilterNeeds.None,
        static (table, in socket) => WriteEndpoint(table, in socket, socket.Entry.Remote),
        static (in socket) => SortKey.Of(socket.Entry.Remote.Address));

    public static readonly SocketColumn Process = new(
        "process", new Column("Process") { Cut = Cut.End, MinWidth = 8, Priority = 1 }, FilterNeeds.Owners,
        static (table, in socket) =>
        {
            bool past = IsPast(in socket.Entry);
            Holders.Write(table, socket.Context.HoldersOf(in socket.Entry), past);
        },
        static (in socket) => socket.Context.HoldersOf(in socket.Entry) is [var first, ..] ? new SortKey(first.Process.Command) : default);

    public static readonly SocketColumn Timer = new(
        "timer", new Column("Timer") { Priority = 2 }, FilterNeeds.None,
        static (table, in socket) =>
        {
            WriteTimer(table.Cell, in socket.Entry);
            table.EndCell(socket.Entry.Timer == SocketTimer.Off ? Ink.Dim : Ink.Normal);
        },
        static (in socket) => socket.Entry.Timer == SocketTimer.Off ? default(SortKey) : socket.Entry.TimerMilliseconds);

    public static readonly SocketColumn NetworkNamespace = Text(
        "netns", "Netns", FilterNeeds.None, static (in socket) => socket.Context.NamespaceName(socket.Entry.Namespace));

    public static readonly SocketColumn Locked = Text(
        "locked", "Locked", FilterNeeds.TcpInfo, static (in socket) => socket.Detail?.IsLocked == true ? "locked" : null);

    /// <summary>All columns that can be asked for by name; those of tcp_info follow from <see cref="TcpInfoField.All"/>.</summary>
    private static readonly SocketColumn[] Named =
    [
        State, ReceiveQueue, SendQueue, Local, Remote, Process, Timer, NetworkNamespace, Locked,
        Number("local-port", "Lport", FilterNeeds.None, static (in socket) => socket.Entry.Local.Port),
        Number("remote-port", "Rport", FilterNeeds.None, static (in socket) => socket.Entry.Remote.Port),
        Number("pid", "Pid", FilterNeeds.Owners, static (in socket) => socket.Context.HoldersOf(in socket.Entry) is [var first, ..] ? (uint)first.Process.Pid : default(SortKey)),
        Number("uid", "Uid", FilterNeeds.None, static (in socket) => socket.Entry.UserId),
        Text("user", "User", FilterNeeds.None, static (in socket) => socket.Context.UserName(socket.Entry.UserId) ?? socket.Entry.UserId.ToString()),
        Number("inode", "Inode", FilterNeeds.None, static (in socket) => socket.Entry.Inode),
        Number("cookie", "Cookie", FilterNeeds.None, static (in socket) => new SortKey(socket.Entry.Cookie)),
        Text("family", "Family", FilterNeeds.None, static (in socket) => socket.Entry.Family == IpFamily.V4 ? "ipv4" : "ipv6"),
        Text("kind", "Kind", FilterNeeds.None, static (in socket) => KindName(socket.Entry.Kind)),
        Text("interface", "Interface", FilterNeeds.None, static (in socket) => socket.Entry.Interface == 0 ? null : socket.Context.InterfaceName(socket.Entry.Interface)),
        Number("mark", "Mark", FilterNeeds.None, static (in socket) => socket.Entry.Mark is { } mark ? mark : default(SortKey)),
        Text("container", "Container", FilterNeeds.Container, static (in socket) => socket.Context.ContainerOf(in socket.Entry)),
        Text("cgroup", "Cgroup", FilterNeeds.CgroupPath, static (in socket) => socket.Context.CgroupOf(in socket.Entry)),
        Text("congestion", "Congestion", FilterNeeds.CongestionControl, static (in socket) => socket.Detail?.CongestionControl),
        Number("drops", "Drops", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.Drops : default(SortKey)),
        Number("rcvbuf", "RcvBuf", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.ReceiveBuffer : default(SortKey)),
        Number("sndbuf", "SndBuf", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.SendBuffer : default(SortKey)),
        Number("rcvmem", "RcvMem", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.ReceiveAllocated : default(SortKey)),
        Number("sndmem", "SndMem", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.SendQueued : default(SortKey)),
        Number("backlog", "Backlog", FilterNeeds.Memory, static (in socket) => socket.Detail?.Memory is { } memory ? memory.Backlog : default(SortKey)),
    ];

    public static IEnumerable<string> Names
    {
        get
        {
            foreach (SocketColumn column in Named)
            {
                yield return column.Name;
            }

            foreach (TcpInfoField number in TcpInfoField.All)
            {
                yield return number.Name;
            }
        }
    }

    public static SocketColumn? Find(string name)
    {
        name = name.Equals("peer", StringComparison.OrdinalIgnoreCase) ? "remote" : name;
        foreach (SocketColumn column in Named)
        {
            if (column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return column;
            }
        }

        return TcpInfoField.Named(name) is { } field ? Of(field) : null;
    }

    /// <summary>A socket that nobody holds any more (inode 0): whoever is known of it held it when it was last seen held.</summary>
    public static bool IsPast(in SocketEntry entry) => entry.Inode == 0;

    /// <summary>"keepalive 1h59m", "on 204ms x3": which timer, when it fires, how often it has repeated.</summary>
    public static void WriteTimer(Utf8Writer writer, in SocketEntry entry)
    {
        if (entry.Timer == SocketTimer.Off)
        {
            writer.Write((byte)'-');
            return;
        }

        writer.WriteText(TimerNames.Of(entry.Timer));
        writer.Write((byte)' ');
        writer.WriteDuration(entry.TimerMilliseconds * 1000ul);
        if (entry.TimerRetransmits > 0)
        {
            writer.Write(" x"u8);
            writer.WriteNumber(entry.TimerRetransmits);
        }
    }

    public static string KindName(SocketKind kind) => kind switch
    {
        SocketKind.Full => "full",
        SocketKind.Request => "request",
        SocketKind.TimeWait => "timewait",
    };

    /// <summary>Ordinary states are dim or plain; those that a person should look at are lit.</summary>
    public static Ink InkOf(TcpState state) => state switch
    {
        TcpState.Established => Ink.Green,
        TcpState.Listen => Ink.Cyan,
        TcpState.TimeWait => Ink.Dim,
        TcpState.CloseWait or TcpState.LastAck or TcpState.Closing => Ink.Yellow,
        _ => Ink.Normal,
    };

    private static void WriteEndpoint(TableWriter table, in ShownSocket socket, in Endpoint endpoint)
    {
        if (socket.Names is { } names)
        {
            table.Cell.WriteText(names.Of(in endpoint, socket.Entry.Family));
            table.EndCell();
        }
        else
        {
            bool both = socket.Entry is { Family: IpFamily.V6, State: TcpState.Listen, IsV6Only: false };
            table.Cell.WriteEndpoint(in endpoint, socket.Entry.Family, both);
            table.EndAscii();
        }
    }

    private static SocketColumn Number(string name, string title, FilterNeeds needs, SortKeyReader read)
        => new(name, new Column(title) { Align = Align.Right }, needs, (table, in socket) => WriteNumber(table, read(in socket)), read);

    private static SocketColumn Text(string name, string title, FilterNeeds needs, TextReader read)
        => new(
            name, new Column(title) { Cut = Cut.End, Priority = 3 }, needs,
            (table, in socket) => table.Text(read(in socket)),
            (in socket) => read(in socket) is { } text ? new SortKey(text) : default);

    private static SocketColumn Of(TcpInfoField field)
    {
        return new SocketColumn(
            field.Name, new Column(field.Name) { Align = Align.Right }, FilterNeeds.TcpInfo,
            (table, in socket) => Write(table, Read(in socket)),
            (in socket) => Read(in socket) is { } value ? new SortKey(value) : default);

        ulong? Read(in ShownSocket socket) => socket.Detail?.Info is { } info ? field.Read(info) : null;

        void Write(TableWriter table, ulong? value)
        {
            if (value is not { } known)
            {
                table.Unknown();
                return;
            }

            field.WriteTo(table.Cell, known);
            table.EndCell();
        }
    }

    private static void WriteNumber(TableWriter table, SortKey value)
    {
        if (value.IsKnown)
        {
            table.Cell.WriteNumber(value.Number);
            table.EndAscii();
        }
        else
        {
            table.Unknown();
        }
    }

    private delegate string? TextReader(in ShownSocket socket);
}

/// <summary>A value to sort by. The default is "unknown".</summary>
internal readonly record struct SortKey : IComparable<SortKey>
{
    public SortKey(ulong number) => (IsKnown, Number) = (true, number);

    public SortKey(string text) => (IsKnown, Text) = (true, text);

    public bool IsKnown { get; }

    public ulong Number { get; }

    /// <summary>What comes before <see cref="Number"/> in the order: the upper half of an address.</summary>
    private ulong High { get; init; }

    private string? Text { get; }

    public static SortKey Of(HostAddress address) => new(address.Low) { High = address.High };

    public static implicit operator SortKey(uint number) => new(number);

    public int CompareTo(SortKey other)
    {
        int order = IsKnown.CompareTo(other.IsKnown);
        order = order != 0 ? order : High.CompareTo(other.High);
        order = order != 0 ? order : Number.CompareTo(other.Number);
        return order != 0 ? order : string.CompareOrdinal(other.Text, Text);
    }
}
