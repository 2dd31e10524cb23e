using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Sockets and processes for an <see cref="ExaminationBuilder"/>, each with a cookie and an inode of its own.</summary>
internal static class Made
{
    public static readonly ProcessRef Nginx = new(12, "nginx");
    public static readonly ProcessRef Java = new(77, "java");

    private static uint _last = 1000;

    /// <param name="state">What the kernel says.</param>
    /// <param name="local">"10.0.0.1:80", "[::1]:80".</param>
    /// <param name="remote">The same; null for a listener.</param>
    /// <param name="process">Who holds it; null: nobody does, and it has no inode.</param>
    /// <param name="receive">Recv-Q: of a listener, the connections waiting.</param>
    /// <param name="send">Send-Q: of a listener, the limit.</param>
    public static SocketRecord Socket(TcpState state, string local, string? remote = null, ProcessRef? process = null, uint receive = 0, uint send = 0)
    {
        uint number = Interlocked.Increment(ref _last);
        return new SocketRecord
        {
            Process = process,
            Entry = new SocketEntry
            {
                State = state,
                Family = local.StartsWith('[') ? IpFamily.V6 : IpFamily.V4,
                Local = End(local),
                Remote = remote is null ? default : End(remote),
                Kind = state == TcpState.TimeWait ? SocketKind.TimeWait : state == TcpState.SynReceived ? SocketKind.Request : SocketKind.Full,
                Timer = state == TcpState.TimeWait ? SocketTimer.TimeWait : state is TcpState.SynReceived or TcpState.SynSent ? SocketTimer.Retransmit : SocketTimer.Off,
                Inode = process is null ? 0 : number,
                Cookie = number,
                Namespace = 1,
                ReceiveQueue = receive,
                SendQueue = send,
            },
        };
    }

    /// <summary>The same with a timer that stands for so many repeats.</summary>
    public static SocketRecord Repeating(this SocketRecord socket, byte repeats, SocketTimer timer = SocketTimer.Retransmit)
        => socket with { Entry = socket.Entry with { Timer = timer, TimerRetransmits = repeats } };

    /// <summary>The same with tcp_info that says when the last acknowledgment came.</summary>
    public static SocketRecord Acked(this SocketRecord socket, double secondsAgo)
        => socket with { Vitals = (socket.Vitals ?? default) with { LastAckReceivedMilliseconds = (uint)(secondsAgo * 1000) } };

    /// <summary>The same connection with another number of drops, as a listener counts them.</summary>
    public static SocketRecord Dropped(this SocketRecord socket, uint drops)
        => socket with { Memory = (socket.Memory ?? default) with { Drops = drops } };

    public static Endpoint End(string text)
    {
        IPEndPoint end = IPEndPoint.Parse(text);
        return new Endpoint(HostAddress.From(end.Address), (ushort)end.Port);
    }
}
