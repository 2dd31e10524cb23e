using TcpLens.Linux;

namespace TcpLens.Lab;

/// <summary>A script's socket calls, made of the kernel. The script says which number it expects of a descriptor; under that it is kept.</summary>
internal sealed class KernelCalls(ScriptAddresses addresses) : IDisposable
{
    private const int MaxBuffer = 1 << 28;

    private readonly ScriptAddresses _addresses = addresses;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, KernelSocket> _sockets = [];

    /// <summary>The socket that was made last.</summary>
    public KernelSocket? Newest { get; private set; }

    public static bool MayWait(string function) => function is not ("socket" or "bind" or "listen" or "close" or "fcntl" or "setsockopt" or "getsockopt");

    /// <exception cref="UnsupportedFeatureException">A call, or an argument, that is not known here.</exception>
    public CallOutcome Make(CallStatement statement)
    {
        var call = new CallArguments(statement);
        if (statement.Function == "socket")
        {
            return Open(call);
        }

        if (statement.Function == "poll")
        {
            return Poll(call);
        }

        return Find(call.Descriptor) is { } socket ? Make(call, socket) : CallOutcome.Failure(SocketErrors.BadDescriptor);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (KernelSocket socket in _sockets.Values)
            {
                socket.Abandon();
                socket.Close();
            }
        }
    }

    private CallOutcome Make(CallArguments call, KernelSocket socket) => call.Function switch
    {
        "bind" => Outcome(socket.Bind(new(_addresses.Local, _addresses.BindPort))),
        "listen" => Outcome(socket.Listen((int)call.Integer(1))),
        "accept" or "accept4" => Accept(call, socket),
        "connect" => Outcome(socket.Connect(new(_addresses.Remote, _addresses.ConnectPort))),
        "read" or "recv" or "recvfrom" => Receive(call, socket),
        "write" or "send" or "sendto" => Send(call, socket),
        "shutdown" => Outcome(socket.Shutdown((int)call.Integer(1))),
        "close" => Close(call, socket),
        "fcntl" => Outcome(socket.Control((int)call.Integer(1), call.Count > 2 ? (int)call.Integer(2) : 0)),
        "setsockopt" => Set(call, socket),
        "getsockopt" => Get(call, socket),
        "ioctl" => Query(call, socket),
        var other => throw new UnsupportedFeatureException($"{other}() on the kernel"),
    };

    private CallOutcome Open(CallArguments call)
    {
        KernelCall made = KernelSocket.Open(_addresses.IsV4, (call.Integer(1) & PosixNames.NonBlocking) != 0, out KernelSocket? socket);
        return socket is null ? Outcome(made) : new(Keep(socket, call.Expected));
    }

    private CallOutcome Accept(CallArguments call, KernelSocket socket)
    {
        KernelCall made = socket.Accept(call.Count > 3 ? (int)call.Integer(3) : 0, out KernelSocket? accepted);
        return accepted is null ? Outcome(made) : new(Keep(accepted, call.Expected));
    }

    private CallOutcome Close(CallArguments call, KernelSocket socket)
    {
        lock (_lock)
        {
            _sockets.Remove(call.Descriptor);
        }

        return Outcome(socket.Close());
    }

    private static CallOutcome Receive(CallArguments call, KernelSocket socket)
    {
        int length = (int)Math.Clamp(call.Integer(2), 0, MaxBuffer);
        byte[] buffer = call.IsNull(1) ? [] : new byte[Math.Max(length, 1)];
        return Outcome(socket.Receive(buffer, length, call.Function == "read" ? 0 : (int)call.Integer(3)));
    }

    private static CallOutcome Send(CallArguments call, KernelSocket socket)
    {
        int length = (int)Math.Clamp(call.Integer(2), 0, MaxBuffer);
        byte[] octets = call.IsNull(1) ? [] : new byte[Math.Max(length, 1)];
        return Outcome(socket.Send(octets, length, call.Function == "write" ? 0 : (int)call.Integer(3)));
    }

    private static CallOutcome Set(CallArguments call, KernelSocket socket)
    {
        Span<byte> value = stackalloc byte[8];
        int length = sizeof(int);
        if (call[3] is ScriptValue.List { Items: [ScriptValue.Record { Fields: [var (_, first), var (_, second)] }] })
        {
            BitConverter.TryWriteBytes(value, (int)CallArguments.Number(first));
            BitConverter.TryWriteBytes(value[sizeof(int)..], (int)CallArguments.Number(second));
            length = 2 * sizeof(int);
        }
        else
        {
            BitConverter.TryWriteBytes(value, unchecked((int)call.Boxed(3)));
        }

        return Outcome(socket.SetOption((int)call.Integer(1), (int)call.Integer(2), value[..length]));
    }

    private static CallOutcome Get(CallArguments call, KernelSocket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        value.Clear();
        KernelCall made = socket.GetOption((int)call.Integer(1), (int)call.Integer(2), value, out _);
        int found = BitConverter.ToInt32(value);
        bool isCompared = made.Value == 0 && call[3] is ScriptValue.List { Items: [not ScriptValue.Ellipsis] };
        return Outcome(made) with { Mismatch = isCompared && unchecked((int)call.Boxed(3)) != found ? $"{found}" : null };
    }

    private static CallOutcome Query(CallArguments call, KernelSocket socket)
    {
        KernelCall made = socket.Query((nuint)call.Integer(1), out int number);
        return Outcome(made) with { Mismatch = made.Value == 0 && call.Boxed(2) != number ? $"{number}" : null };
    }

    private CallOutcome Poll(CallArguments call)
    {
        if (call[0] is not ScriptValue.List { Items: [ScriptValue.Record asked] } || asked["fd"] is not { } fd || asked["events"] is not { } events
            || asked["revents"] is not { } expected || Find((int)CallArguments.Number(fd)) is not { } socket)
        {
            throw new UnsupportedFeatureException("poll() of this kind on the kernel");
        }

        KernelCall made = socket.Poll((int)CallArguments.Number(events), (int)call.Integer(2), out int found);
        return Outcome(made) with { Mismatch = CallArguments.Number(expected) == found ? null : $"revents 0x{found:x}" };
    }

    private KernelSocket? Find(int descriptor)
    {
        lock (_lock)
        {
            return _sockets.GetValueOrDefault(descriptor);
        }
    }

    private int Keep(KernelSocket socket, long? wanted)
    {
        lock (_lock)
        {
            int descriptor = wanted is >= 0 and < int.MaxValue ? (int)wanted.Value : _sockets.Count + 3;
            _sockets[descriptor] = socket;
            Newest = socket;
            return descriptor;
        }
    }

    private static CallOutcome Outcome(KernelCall call) => new(call.Value, call.Errno);
}
