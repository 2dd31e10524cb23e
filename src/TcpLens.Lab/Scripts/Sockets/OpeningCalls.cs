using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>Calls that open and close: socket, bind, listen, accept, connect, shutdown, close, fcntl.</summary>
internal sealed class OpeningCalls(ScriptSockets sockets)
{
    private readonly ScriptSockets _sockets = sockets;

    public CallOutcome Socket(CallArguments call)
    {
        long type = call.Integer(1);
        if ((type & 0xf) != 1)
        {
            throw new UnsupportedFeatureException("sockets other than SOCK_STREAM");
        }

        var socket = new ScriptSocket(_sockets.Knobs.Tcp.Options) { IsNonBlocking = (type & PosixNames.NonBlocking) != 0 };
        return new(_sockets.Add(socket, call.Expected));
    }

    /// <summary>A file that sendfile() sends from. What stands in it is zeros, as all that is sent.</summary>
    public CallOutcome OpenFile(CallArguments call) => new(_sockets.Add(new ScriptSocket(_sockets.Knobs.Tcp.Options), call.Expected, isNewest: false));

    public CallOutcome Bind(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        if (socket.Bound is not null)
        {
            return CallOutcome.Failure(SocketErrors.Invalid);
        }

        socket.Bound = new(_sockets.Addresses.Local, Port(call, _sockets.Addresses.BindPort));
        return new(0);
    }

    public CallOutcome Listen(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        if (socket.Listener is not null)
        {
            return new(0);
        }

        if (socket.Connection is not null)
        {
            return CallOutcome.Failure(SocketErrors.Invalid);
        }

        socket.Backlog = (int)Math.Clamp(call.Integer(1), 0, 4096) + 1;
        return Listen(socket);
    }

    /// <summary>Options that were set on a listener hold for the handshakes that come.</summary>
    public void ListenAgain(ScriptSocket socket, Instant now)
    {
        if (socket.Listener is { Waiting: 0, HalfOpen: 0 } listener)
        {
            listener.Close(now);
            Listen(socket);
        }
    }

    private CallOutcome Listen(ScriptSocket socket)
    {
        var options = new ListenOptions
        {
            Backlog = socket.Backlog,
            ResetOnOverflow = _sockets.Knobs.ResetOnOverflow,
            Cookies = _sockets.Knobs.Cookies,
            Settings = Settings(socket),
        };
        Endpoint local = socket.Bound ?? new(_sockets.Addresses.Local, 0);
        HostError error = _sockets.Host.TryListen(local, options, out HostListener? listener);
        socket.Listener = listener;
        return error == HostError.None ? new(0) : CallOutcome.Failure(SocketErrors.Number(error));
    }

    public CallOutcome? Accept(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { Listener: { } listener } socket)
        {
            return CallOutcome.Failure(SocketErrors.Invalid);
        }

        if (!listener.TryAccept(out HostConnection? connection))
        {
            return socket.IsNonBlocking ? CallOutcome.Failure(SocketErrors.Again) : null;
        }

        var accepted = new ScriptSocket(socket.Options with { MaximumSegmentSize = connection!.Options.MaximumSegmentSize })
        {
            IsNonBlocking = call.Count > 3 && (call.Integer(3) & PosixNames.NonBlocking) != 0,
            SendBuffer = socket.SendBuffer,
            ReceiveBuffer = socket.ReceiveBuffer,
            Linger = socket.Linger,
            IsConnectTold = true,
            Bound = socket.Bound,
        };
        accepted.Attach(connection);
        return new(_sockets.Add(accepted, call.Expected));
    }

    public CallOutcome? Connect(CallArguments call, PendingCall pending, Instant now)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        bool isNew = socket.Connection is null;
        if (isNew && Open(socket, call, now) is { } refused)
        {
            return refused;
        }

        if (SocketErrors.Take(socket, _sockets.Knobs.Profile) is var error and not 0)
        {
            return CallOutcome.Failure(error);
        }

        bool isOpening = socket.State is TcpState.SynSent or TcpState.SynReceived;
        if (isOpening && socket.IsNonBlocking)
        {
            return CallOutcome.Failure(isNew ? SocketErrors.InProgress : SocketErrors.Already);
        }

        if (isOpening)
        {
            return null;
        }

        bool isRepeated = socket.IsConnectTold && pending.BeganAt >= now;
        socket.IsConnectTold = true;
        return socket.State == TcpState.Closed ? CallOutcome.Failure(103)
            : isRepeated ? CallOutcome.Failure(SocketErrors.IsConnected)
            : new(0);
    }

    public CallOutcome Shutdown(CallArguments call, Instant now)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        if (socket.Connection is not { } connection || connection.State == TcpState.Closed)
        {
            return CallOutcome.Failure(SocketErrors.NotConnected);
        }

        long how = call.Integer(1);
        socket.IsReceiveShut |= how is 0 or 2;
        if (how is 1 or 2 && !socket.IsSendShut)
        {
            socket.IsSendShut = true;
            connection.CloseSending(now);
        }

        return new(0);
    }

    public CallOutcome Close(CallArguments call, Instant now)
    {
        ScriptSocket? socket = _sockets.Find(call.Descriptor);
        if (!_sockets.Remove(call.Descriptor))
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        socket?.Listener?.Close(now);
        if (socket?.Connection is not { State: not TcpState.Closed } connection)
        {
            return new(0);
        }

        if (socket.Linger == 0)
        {
            connection.Abort(now);
        }
        else
        {
            connection.Close(now);
        }

        return new(0);
    }

    public CallOutcome Control(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        const int ReadAndWrite = 2;
        switch (call.Integer(1))
        {
            case 3:
                return new(ReadAndWrite | (socket.IsNonBlocking ? PosixNames.NonBlocking : 0));
            case 4:
                socket.IsNonBlocking = (call.Integer(2) & PosixNames.NonBlocking) != 0;
                return new(0);
            default:
                throw new UnsupportedFeatureException("fcntl() of this kind");
        }
    }

    private CallOutcome? Open(ScriptSocket socket, CallArguments call, Instant now)
    {
        if (socket.Listener is not null)
        {
            return CallOutcome.Failure(SocketErrors.IsConnected);
        }

        var remote = new Endpoint(_sockets.Addresses.Remote, Port(call, _sockets.Addresses.ConnectPort));
        var options = new ConnectOptions { Settings = Settings(socket), Local = socket.Bound };
        HostError error = _sockets.Host.TryConnect(remote, options, now, out HostConnection? connection);
        if (error != HostError.None)
        {
            return CallOutcome.Failure(SocketErrors.Number(error));
        }

        socket.Attach(connection!, appliesOptions: false);
        return null;
    }

    private TcpSettings Settings(ScriptSocket socket)
    {
        ScriptKnobs knobs = _sockets.Knobs;
        TcpSettings settings = knobs.For(_sockets.SegmentSize, socket.ReceiveBuffer);
        ConnectionOptions options = socket.Options;
        if (options.MaximumSegmentSize == 0 && knobs.AdvertisedSegmentSize is { } advertised)
        {
            options = options with { MaximumSegmentSize = advertised };
        }

        if ((socket.ConnectTimeout ?? knobs.ConnectTimeout) is { } limit && options.UserTimeout == TimeSpan.Zero)
        {
            options = options with { UserTimeout = limit };
        }

        return settings with { Options = options, SynRetries = socket.SynRetries ?? settings.SynRetries };
    }

    /// <summary>The port of "{sin_port = htons(8080), …}"; what the script's options say for "...".</summary>
    private static ushort Port(CallArguments call, ushort otherwise)
        => call.Count > 1 && call[1] is ScriptValue.Record address && (address["sin_port"] ?? address["sin6_port"]) is { } port
            ? (ushort)CallArguments.Number(port)
            : otherwise;
}
