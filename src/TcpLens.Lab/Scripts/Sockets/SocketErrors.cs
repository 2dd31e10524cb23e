using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>Errors of connections and hosts as errno.</summary>
internal static class SocketErrors
{
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int Fault = 14;
    public const int Invalid = 22;
    public const int Pipe = 32;
    public const int DestinationRequired = 89;
    public const int IsConnected = 106;
    public const int NotConnected = 107;
    public const int Already = 114;
    public const int InProgress = 115;

    /// <summary>As sockets of that system tell it: FreeBSD has one errno for whatever refuses a connection (sys/netinet/ip_icmp.c, inetctlerrmap).</summary>
    public static int Number(ConnectionError error, ScriptProfile profile) => error switch
    {
        ConnectionError.None => 0,
        ConnectionError.Refused => 111,
        ConnectionError.Reset => 104,
        ConnectionError.TimedOut => 110,
        ConnectionError.ProtocolUnreachable or ConnectionError.Prohibited when profile == ScriptProfile.FreeBsd => 111,
        ConnectionError.NetworkUnreachable => 101,
        ConnectionError.HostUnreachable => 113,
        ConnectionError.ProtocolUnreachable => 92,
        ConnectionError.MessageSize => 90,
        ConnectionError.Aborted => 103,
        ConnectionError.Prohibited => 113,
    };

    public static int Number(HostError error) => error switch
    {
        HostError.None => 0,
        HostError.AddressInUse => 98,
        HostError.AddressNotAvailable => 99,
        HostError.FamilyNotSupported => 97,
        HostError.InvalidRemote => 22,
        HostError.TooManyConnections => 105,
    };

    /// <summary>The error that ended the socket's connection, once.</summary>
    public static int Take(ScriptSocket socket, ScriptProfile profile)
    {
        int error = socket.IsErrorTaken || socket.Connection is not { } connection ? 0 : Number(connection.Error, profile);
        socket.IsErrorTaken |= error != 0;
        return error;
    }
}
