using System.Diagnostics.CodeAnalysis;

namespace TcpLens.Stack;

/// <summary>A connection failed, or could not be: what was tried, and the errno that a socket would have given.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Without an errno it would say nothing that IOException does not.")]
public sealed class TcpLensException : IOException
{
    internal TcpLensException(ConnectionError error, string tried)
        : this(tried, NameOf(error), TextOf(error)) => Error = error;

    internal TcpLensException(HostError error, string tried)
        : this(tried, NameOf(error), TextOf(error))
    {
    }

    internal TcpLensException(string tried, string errno, string text)
        : base($"could not {tried}: {text} ({errno})") => ErrnoName = errno;

    /// <summary>None for what failed without a connection having failed: a deadline, a port that is taken.</summary>
    public ConnectionError Error { get; }

    /// <summary>"ECONNRESET".</summary>
    public string ErrnoName { get; }

    private static string NameOf(ConnectionError error) => error switch
    {
        ConnectionError.Refused => "ECONNREFUSED",
        ConnectionError.Reset => "ECONNRESET",
        ConnectionError.TimedOut => "ETIMEDOUT",
        ConnectionError.NetworkUnreachable => "ENETUNREACH",
        ConnectionError.HostUnreachable => "EHOSTUNREACH",
        ConnectionError.ProtocolUnreachable => "ENOPROTOOPT",
        ConnectionError.MessageSize => "EMSGSIZE",
        ConnectionError.Aborted => "ECONNABORTED",
        ConnectionError.Prohibited => "EACCES",
        ConnectionError.None => "ENOTCONN",
    };

    private static string TextOf(ConnectionError error) => error switch
    {
        ConnectionError.Refused => "nothing listens there",
        ConnectionError.Reset => "the peer reset the connection",
        ConnectionError.TimedOut => "the peer did not answer any more",
        ConnectionError.NetworkUnreachable => "a router knows no way to the network",
        ConnectionError.HostUnreachable => "a router knows no way to the host",
        ConnectionError.ProtocolUnreachable => "the host has no TCP",
        ConnectionError.MessageSize => "the path takes no packet that is small enough",
        ConnectionError.Aborted => "the connection was aborted here",
        ConnectionError.Prohibited => "a router or firewall forbids it",
        ConnectionError.None => "the connection is closed",
    };

    private static string NameOf(HostError error) => error switch
    {
        HostError.AddressInUse => "EADDRINUSE",
        HostError.AddressNotAvailable => "EADDRNOTAVAIL",
        HostError.FamilyNotSupported => "EAFNOSUPPORT",
        HostError.InvalidRemote or HostError.None => "EINVAL",
        HostError.TooManyConnections => "ENOBUFS",
    };

    private static string TextOf(HostError error) => error switch
    {
        HostError.AddressInUse => "the port is taken",
        HostError.AddressNotAvailable => "not an address of this host, or no port is left",
        HostError.FamilyNotSupported => "the host has no address of that family",
        HostError.InvalidRemote or HostError.None => "nobody can be reached at such an address",
        HostError.TooManyConnections => "the host holds as many connections as it may",
    };
}
