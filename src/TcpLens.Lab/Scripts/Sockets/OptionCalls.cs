using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>setsockopt, getsockopt, ioctl.</summary>
internal sealed class OptionCalls(ScriptSockets sockets)
{
    private const int Socket = 1;
    private const int Tcp = 6;
    private const int Ip = 0;
    private const int Ipv6 = 41;

    private readonly ScriptSockets _sockets = sockets;

    public CallOutcome Set(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        if (call.Integer(1) == Socket && Name(call) == "SO_LINGER")
        {
            socket.Linger = Linger(call[3]);
            return new(0);
        }

        if (Name(call) == "TCP_CONGESTION")
        {
            return new(0);
        }

        long value = call.Boxed(3);
        return call.Integer(1) switch
        {
            Socket => SetSocket(socket, Name(call), value),
            Tcp => SetTcp(socket, Name(call), value),
            Ip or Ipv6 => SetIp(socket, Name(call), value),
            _ => throw Unknown(call),
        };
    }

    public CallOutcome Get(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        long value = call.Integer(1) switch
        {
            Socket => GetSocket(socket, Name(call)),
            Tcp => GetTcp(socket, Name(call)),
            Ip or Ipv6 => GetIp(socket, Name(call)),
            _ => throw Unknown(call),
        };
        if (call[3] is not ScriptValue.List { Items: [not ScriptValue.Ellipsis] })
        {
            return new(0);
        }

        long expected = call.Boxed(3);
        return new(0, Mismatch: expected == value ? null : $"{Name(call)} {(Name(call) == "SO_ERROR" ? PosixNames.ErrorName((int)value) : value)}");
    }

    public CallOutcome Control(CallArguments call)
    {
        if (_sockets.Find(call.Descriptor) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        ConnectionStatus? status = socket.Connection?.Status;
        long value = call[1] is ScriptValue.Name { Text: var name } ? name switch
        {
            "SIOCINQ" or "FIONREAD" => socket.Connection?.Readable ?? 0,
            "SIOCOUTQ" or "TIOCOUTQ" => status?.SendQueue ?? 0,
            "SIOCOUTQNSD" => status?.NotSent ?? 0,
            _ => throw new UnsupportedFeatureException($"ioctl {name}"),
        }
        : throw new UnsupportedFeatureException("ioctl by number");
        return new(0, Mismatch: call.Boxed(2) == value ? null : $"{name} {value}");
    }

    private static CallOutcome SetSocket(ScriptSocket socket, string name, long value)
    {
        switch (name)
        {
            case "SO_SNDBUF" or "SO_SNDBUFFORCE":
                socket.SendBuffer = (int)Math.Clamp(value, 1, 1 << 28);
                break;
            case "SO_RCVBUF" or "SO_RCVBUFFORCE":
                socket.ReceiveBuffer = (int)Math.Clamp(value, 1, 1 << 28);
                break;
            case "SO_KEEPALIVE":
                socket.Options = socket.Options with { KeepAlive = value != 0 };
                break;
            case "SO_REUSEADDR" or "SO_REUSEPORT" or "SO_MARK" or "SO_PRIORITY" or "SO_DEBUG" or "SO_BUSY_POLL":
                break;
            default:
                throw new UnsupportedFeatureException(name);
        }

        return new(0);
    }

    private static CallOutcome SetTcp(ScriptSocket socket, string name, long value)
    {
        ConnectionOptions options = socket.Options;
        switch (name)
        {
            case "TCP_NODELAY":
                socket.HasMore &= value == 0;
                socket.Options = options with { NoDelay = value != 0, Cork = options.Cork && value == 0 };
                break;
            case "TCP_CORK" or "TCP_NOPUSH":
                socket.HasMore &= value != 0;
                socket.Options = options with { Cork = value != 0 };
                break;
            case "TCP_MAXSEG" when value is < 0 or > ushort.MaxValue:
                return CallOutcome.Failure(SocketErrors.Invalid);
            case "TCP_MAXSEG":
                socket.Options = options with { MaximumSegmentSize = (ushort)value };
                break;
            case "TCP_KEEPIDLE" or "TCP_KEEPINTVL" or "TCP_KEEPCNT" or "TCP_SYNCNT" or "TCP_KEEPINIT" when value is < 1 or > 32767:
                return CallOutcome.Failure(SocketErrors.Invalid);
            case "TCP_KEEPIDLE":
                socket.Options = options with { KeepAliveIdle = TimeSpan.FromSeconds(value) };
                break;
            case "TCP_KEEPINTVL":
                socket.Options = options with { KeepAliveInterval = TimeSpan.FromSeconds(value) };
                break;
            case "TCP_KEEPCNT":
                socket.Options = options with { KeepAliveProbes = (int)value };
                break;
            case "TCP_SYNCNT":
                socket.SynRetries = (int)value;
                break;
            case "TCP_KEEPINIT":
                socket.ConnectTimeout = TimeSpan.FromSeconds(value);
                break;
            case "TCP_USER_TIMEOUT" when value >= 0:
                socket.Options = options with { UserTimeout = TimeSpan.FromMilliseconds(value) };
                break;
            case "TCP_INQ":
                socket.TellsQueue = value != 0;
                break;
            default:
                throw new UnsupportedFeatureException(name);
        }

        return new(0);
    }

    private static CallOutcome SetIp(ScriptSocket socket, string name, long value)
    {
        switch (name)
        {
            case "IP_TOS" or "IPV6_TCLASS":
                socket.Options = socket.Options with { DiffServ = (byte)(value >> 2) };
                break;
            case "IP_TTL" or "IPV6_UNICAST_HOPS":
                socket.Options = socket.Options with { TimeToLive = (byte)value };
                break;
            case "IP_MTU_DISCOVER" or "IPV6_MTU_DISCOVER" or "IPV6_V6ONLY" or "IP_FREEBIND" or "IP_RECVERR" or "IPV6_RECVERR":
                break;
            default:
                throw new UnsupportedFeatureException(name);
        }

        return new(0);
    }

    private long GetSocket(ScriptSocket socket, string name) => name switch
    {
        "SO_ERROR" => SocketErrors.Take(socket, _sockets.Knobs.Profile),
        "SO_SNDBUF" => Buffer(socket.SendBuffer, _sockets.Knobs.SendSpace),
        "SO_RCVBUF" => ReceiveBuffer(socket),
        "SO_KEEPALIVE" => socket.Options.KeepAlive ? 1 : 0,
        "SO_TYPE" => 1,
        _ => throw new UnsupportedFeatureException(name),
    };

    private long GetTcp(ScriptSocket socket, string name) => name switch
    {
        "TCP_NODELAY" => socket.Options.NoDelay ? 1 : 0,
        "TCP_CORK" or "TCP_NOPUSH" => socket.Options.Cork ? 1 : 0,
        "TCP_MAXSEG" => SegmentSize(socket),
        "TCP_KEEPIDLE" => (long)socket.Options.KeepAliveIdle.TotalSeconds,
        "TCP_KEEPINTVL" => (long)socket.Options.KeepAliveInterval.TotalSeconds,
        "TCP_KEEPCNT" => socket.Options.KeepAliveProbes,
        "TCP_SYNCNT" => socket.SynRetries ?? _sockets.Knobs.Tcp.SynRetries,
        "TCP_KEEPINIT" => (long)(socket.ConnectTimeout ?? _sockets.Knobs.ConnectTimeout ?? TimeSpan.FromSeconds(75)).TotalSeconds,
        "TCP_USER_TIMEOUT" => (long)socket.Options.UserTimeout.TotalMilliseconds,
        "TCP_INQ" => socket.TellsQueue ? 1 : 0,
        _ => throw new UnsupportedFeatureException(name),
    };

    private static long GetIp(ScriptSocket socket, string name) => name switch
    {
        "IP_TOS" or "IPV6_TCLASS" => socket.Options.DiffServ << 2,
        "IP_TTL" or "IPV6_UNICAST_HOPS" => socket.Options.TimeToLive,
        "IP_MTU" => socket.Connection?.Status.PathMtu ?? 0,
        _ => throw new UnsupportedFeatureException(name),
    };

    /// <summary>Linux answers with twice what was set, for its own overhead; the default is not doubled.</summary>
    private long Buffer(int? set, int otherwise) => set is not { } octets ? otherwise : _sockets.Knobs.Profile == ScriptProfile.FreeBsd ? octets : octets * 2L;

    /// <summary>FreeBSD rounds the buffer of an established connection up to whole segments.</summary>
    private long ReceiveBuffer(ScriptSocket socket)
    {
        bool isRounded = _sockets.Knobs.Profile == ScriptProfile.FreeBsd
            && socket.Connection?.State is not (null or TcpState.Closed or TcpState.SynSent or TcpState.Listen);
        return isRounded
            ? ScriptKnobs.WholeSegments(socket.ReceiveBuffer ?? _sockets.Knobs.ReceiveSpace, _sockets.SegmentSize)
            : Buffer(socket.ReceiveBuffer, _sockets.Knobs.ReceiveSpace);
    }

    private static long SegmentSize(ScriptSocket socket)
        => socket.Connection is { State: not (TcpState.SynSent or TcpState.Closed) } connection ? connection.Status.SendSegmentSize
            : socket.Options.MaximumSegmentSize is not 0 and var set ? set
            : 536;

    private static string Name(CallArguments call) => call[2] is ScriptValue.Name name ? name.Text : throw new UnsupportedFeatureException("an option by number");

    private static int? Linger(ScriptValue value) => value switch
    {
        ScriptValue.List { Items: [var inner] } => Linger(inner),
        ScriptValue.Record { Fields: [var (_, onOff), var (_, seconds)] } => CallArguments.Number(onOff) == 0 ? null : (int)CallArguments.Number(seconds),
        _ => throw new UnsupportedFeatureException("SO_LINGER of this kind"),
    };

    private static UnsupportedFeatureException Unknown(CallArguments call) => new(Name(call));
}
