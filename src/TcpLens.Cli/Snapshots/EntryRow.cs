using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What every socket has, as a row of numbers; its addresses are texts beside it.</summary>
internal static class EntryRow
{
    public static NumberRow Make() => new(
        "state", "family", "local_port", "remote_port", "kind", "transport", "timer", "shutdown", "timer_retransmits", "v6_only", "timer_ms",
        "receive_queue", "send_queue", "uid", "inode", "cookie", "interface_index", "mark", "cgroup_id", "port_named", "locked");

    public static void Put(NumberRow row, in SocketRecord socket)
    {
        SocketEntry entry = socket.Entry;
        row.Put((ulong)entry.State);
        row.Put((ulong)entry.Family);
        row.Put(entry.Local.Port);
        row.Put(entry.Remote.Port);
        row.Put((ulong)entry.Kind);
        row.Put((ulong)entry.Transport);
        row.Put((ulong)entry.Timer);
        row.Put((ulong)entry.Shutdown);
        row.Put(entry.TimerRetransmits);
        row.Put(entry.IsV6Only ? 1UL : 0);
        row.Put(entry.TimerMilliseconds);
        row.Put(entry.ReceiveQueue);
        row.Put(entry.SendQueue);
        row.Put(entry.UserId);
        row.Put(entry.Inode);
        row.Put(entry.Cookie);
        row.Put(entry.Interface);
        row.Put(entry.Mark);
        row.Put(entry.CgroupId);
        row.Put(socket.IsPortNamed is { } named ? named ? 1UL : 0 : (ulong?)null);
        row.Put(socket.IsLocked ? 1UL : 0);
    }

    /// <summary>An initializer runs from top to bottom, so this is the order of the keys.</summary>
    /// <exception cref="FormatException">A number means nothing.</exception>
    public static SocketRecord Take(NumberRow row, HostAddress local, HostAddress remote, uint @namespace)
    {
        SocketEntry entry = new()
        {
            State = row.Upto(11) is > 0 and var state ? (TcpState)state : throw new FormatException("a socket without a state"),
            Family = row.Take() switch { 4 => IpFamily.V4, 6 => IpFamily.V6, var other => throw new FormatException($"{other} is not an address family: 4 and 6 are") },
            Local = new Endpoint(local, row.Take16()),
            Remote = new Endpoint(remote, row.Take16()),
            Kind = (SocketKind)(row.Upto((ulong)SocketKind.TimeWait) ?? 0),
            Transport = (Transport)(row.Upto((ulong)Transport.Mptcp) ?? 0),
            Timer = (SocketTimer)row.Take8(),
            Shutdown = (Shutdown)(row.Upto((ulong)(Shutdown.Receive | Shutdown.Send)) ?? 0),
            TimerRetransmits = row.Take8(),
            IsV6Only = row.TakeFlag(),
            TimerMilliseconds = row.Take32(),
            ReceiveQueue = row.Take32(),
            SendQueue = row.Take32(),
            UserId = row.Take32(),
            Inode = row.Take32(),
            Cookie = row.Take(),
            Interface = row.Take32(),
            Mark = row.Take32OrNull(),
            CgroupId = row.Take(),
            Namespace = @namespace,
        };
        return new SocketRecord { Entry = entry, IsPortNamed = row.TakeFlagOrNull(), IsLocked = row.TakeFlag() };
    }
}
