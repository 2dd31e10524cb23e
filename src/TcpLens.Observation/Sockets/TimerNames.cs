namespace TcpLens.Observation;

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
