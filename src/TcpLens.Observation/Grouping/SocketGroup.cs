using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>Sockets that have the same values in every dimension asked for.</summary>
public readonly record struct SocketGroup(IReadOnlyList<GroupValue> Values, long Count);

/// <summary>One value of a group: its number (of an address the lower half), and its name where it has one.</summary>
public readonly record struct GroupValue(ulong Number, string? Name)
{
    /// <summary>Set for the dimension of states only.</summary>
    public TcpState? State { get; init; }
}

/// <summary>The words ss uses for timers.</summary>
public static class TimerNames
{
    public static string Of(SocketTimer timer) => timer switch
    {
        SocketTimer.Off => "off",
        SocketTimer.Retransmit => "on",
        SocketTimer.KeepAlive => "keepalive",
        SocketTimer.TimeWait => "timewait",
        SocketTimer.ZeroWindowProbe => "persist",
        SocketTimer.DelayedAck => "delack",
    };
}
