using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>Calls that send and receive. What is sent is zeros, as packetdrill does it.</summary>
internal sealed class DataCalls(ScriptSockets sockets)
{
    private readonly ScriptSockets _sockets = sockets;
    private readonly byte[] _buffer = new byte[1 << 16];

    public CallOutcome? Receive(CallArguments call, PendingCall pending, Instant now)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        long flags = call.Function is "recv" or "recvfrom" ? call.Integer(3) : call.Function == "recvmsg" ? call.Integer(2) : 0;
        Refuse(flags & ~(PosixNames.Peek | PosixNames.DontWait | PosixNames.WaitAll | 0x4000), "recv()");
        if (socket.Connection is not { } connection)
        {
            return CallOutcome.Failure(SocketErrors.NotConnected);
        }

        if (connection.Readable > 0 && call.IsNull(1))
        {
            return CallOutcome.Failure(SocketErrors.Fault);
        }

        int wanted = ReceiveLength(call);
        pending.Moved += Move(connection, wanted - pending.Moved, now, (flags & PosixNames.Peek) != 0);
        bool isAll = pending.Moved == wanted || (pending.Moved > 0 && (flags & PosixNames.WaitAll) == 0);
        if (isAll || connection.HasPeerClosed || socket.IsReceiveShut)
        {
            return new(pending.Moved, Mismatch: Control(call, socket, connection));
        }

        if (SocketErrors.Take(socket, _sockets.Knobs.Profile) is var error and not 0)
        {
            return CallOutcome.Failure(error);
        }

        bool isOver = connection.State == TcpState.Closed;
        bool mayWait = !socket.IsNonBlocking && (flags & PosixNames.DontWait) == 0;
        return isOver ? new(pending.Moved) : mayWait ? null : pending.Moved > 0 ? new(pending.Moved) : CallOutcome.Failure(SocketErrors.Again);
    }

    public CallOutcome? Send(CallArguments call, PendingCall pending, Instant now)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        long flags = call.Function is "send" or "sendto" ? call.Integer(3) : call.Function == "sendmsg" ? call.Integer(2) : 0;
        Refuse(flags & ~(PosixNames.More | PosixNames.DontWait | PosixNames.OutOfBand | 0x4000), "send()");
        if (SocketErrors.Take(socket, _sockets.Knobs.Profile) is var error and not 0)
        {
            return CallOutcome.Failure(error);
        }

        if (socket.Connection is not { } connection)
        {
            return CallOutcome.Failure(_sockets.Knobs.Profile == ScriptProfile.FreeBsd ? SocketErrors.NotConnected : SocketErrors.Pipe);
        }

        bool isOpening = connection.State is TcpState.SynSent or TcpState.SynReceived;
        if (socket.IsSendShut || (!isOpening && connection.State is not (TcpState.Established or TcpState.CloseWait)))
        {
            return CallOutcome.Failure(SocketErrors.Pipe);
        }

        if (call.IsNull(1))
        {
            return CallOutcome.Failure(SocketErrors.Fault);
        }

        int wanted = SendLength(call);
        if (!isOpening)
        {
            SetMore(socket, (flags & PosixNames.More) != 0);
            pending.Moved += Give(socket, connection, wanted - pending.Moved, now, (flags & PosixNames.OutOfBand) != 0);
        }

        bool mayWait = !socket.IsNonBlocking && (flags & PosixNames.DontWait) == 0;
        return pending.Moved == wanted || (!mayWait && pending.Moved > 0) ? new(pending.Moved) : mayWait ? null : CallOutcome.Failure(SocketErrors.Again);
    }

    public CallOutcome? SendFile(CallArguments call, PendingCall pending, Instant now)
    {
        if (_sockets.Find(call.Descriptor) is not { Connection: { } connection } socket || _sockets.Find((int)call.Integer(1)) is null)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        int wanted = (int)Math.Clamp(call.Integer(3), 0, 1 << 28);
        pending.Moved += Give(socket, connection, wanted - pending.Moved, now, isUrgent: false);
        return pending.Moved == wanted || socket.IsNonBlocking ? new(pending.Moved) : null;
    }

    private int Move(HostConnection connection, int wanted, Instant now, bool peek)
    {
        int moved = 0;
        while (moved < wanted)
        {
            int received = connection.Receive(_buffer.AsSpan(0, Math.Min(wanted - moved, _buffer.Length)), now, peek);
            moved += received;
            if (received == 0 || peek)
            {
                break;
            }
        }

        return moved;
    }

    private int Give(ScriptSocket socket, HostConnection connection, int wanted, Instant now, bool isUrgent)
    {
        int moved = 0;
        Array.Clear(_buffer);
        while (moved < wanted)
        {
            int room = Math.Min(Room(socket, connection), _buffer.Length);
            int sent = room <= 0 ? 0 : connection.Send(_buffer.AsSpan(0, Math.Min(wanted - moved, room)), now, isUrgent);
            moved += sent;
            if (sent == 0)
            {
                break;
            }
        }

        return moved;
    }

    /// <summary>Octets that the socket's buffer takes. Linux counts memory, of which about two thirds are payload; it holds twice what SO_SNDBUF asked for.</summary>
    public int Room(ScriptSocket socket, HostConnection connection)
    {
        int limit = _sockets.Knobs.Profile == ScriptProfile.FreeBsd
            ? socket.SendBuffer ?? _sockets.Knobs.SendSpace
            : socket.SendBuffer is { } set ? set * 4 / 3 : int.MaxValue;
        return Math.Min(connection.Writable, limit - connection.Status.SendQueue);
    }

    private static void SetMore(ScriptSocket socket, bool hasMore)
    {
        if (socket.HasMore != hasMore)
        {
            socket.HasMore = hasMore;
            socket.Apply();
        }
    }

    private static int ReceiveLength(CallArguments call) => call.Function switch
    {
        "recvmsg" => CallArguments.BufferLength(Vectors(call)),
        "readv" => CallArguments.BufferLength(call[1]),
        _ => (int)Math.Clamp(call.Integer(2), 0, 1 << 28),
    };

    private static int SendLength(CallArguments call) => call.Function switch
    {
        "sendmsg" => CallArguments.BufferLength(Vectors(call)),
        "writev" => CallArguments.BufferLength(call[1]),
        _ => (int)Math.Clamp(call.Integer(2), 0, 1 << 28),
    };

    private static ScriptValue? Vectors(CallArguments call) => call[1] is ScriptValue.Record message ? message["msg_iov"] : null;

    /// <summary>What recvmsg() tells beside the octets: TCP_INQ, what is left to read, a FIN counting one.</summary>
    private static string? Control(CallArguments call, ScriptSocket socket, HostConnection connection)
    {
        if (call.Function != "recvmsg" || call[1] is not ScriptValue.Record message || message["msg_control"] is not ScriptValue.List { Items: [var item, ..] })
        {
            return null;
        }

        if (item is not ScriptValue.Record control || control["cmsg_type"] is not ScriptValue.Name { Text: "TCP_CM_INQ" } || !socket.TellsQueue)
        {
            throw new UnsupportedFeatureException("control messages other than TCP_CM_INQ");
        }

        bool hasFin = connection.State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing or TcpState.TimeWait;
        int left = connection.Readable + (hasFin ? 1 : 0);
        return control["cmsg_data"] is { } expected && CallArguments.Number(expected) != left ? $"TCP_CM_INQ {left}" : null;
    }

    private static void Refuse(long flags, string call)
    {
        if (flags != 0)
        {
            throw new UnsupportedFeatureException($"flags of {call}: 0x{flags:x}");
        }
    }
}
