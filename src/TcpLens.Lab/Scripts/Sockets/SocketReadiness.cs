using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>What poll() finds a socket ready for; the bits are poll's and epoll's.</summary>
internal static class SocketReadiness
{
    public const long Error = 8;
    public const long HangUp = 16;

    private const long In = 1 | 64;
    private const long Out = 4 | 256;
    private const long PeerClosed = 0x2000;

    public static long Of(ScriptSocket socket, ScriptSockets sockets)
    {
        if (socket.Listener is { } listener)
        {
            return listener.Waiting > 0 ? In : 0;
        }

        if (socket.Connection is not { } connection)
        {
            return Out | HangUp;
        }

        bool hasFailed = connection.Error != ConnectionError.None;
        bool isOver = connection.State == TcpState.Closed;
        bool hasFin = connection.HasPeerClosed || connection.State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing or TcpState.TimeWait;
        long ready = connection.Readable > 0 || hasFin || socket.IsReceiveShut || isOver ? In : 0;
        ready |= hasFin || isOver ? PeerClosed : 0;
        ready |= hasFailed ? Error : 0;
        ready |= isOver || (hasFin && socket.IsSendShut) ? HangUp : 0;
        bool isOpening = connection.State is TcpState.SynSent or TcpState.SynReceived;
        bool hasRoom = !isOpening && !isOver && connection.Writable > 0 && connection.Status.NotSent < sockets.Knobs.SendSpace;
        return ready | (hasRoom || isOver ? Out : 0);
    }
}
