namespace TcpLens.Diagnosis;

/// <summary>The errors that the kernel leaves in a socket (sk_err), by number: <see cref="ErrnoCatalog"/> has the words.</summary>
internal static class SocketErrors
{
    public const ushort BrokenPipe = 32;
    public const ushort ConnectionAborted = 103;
    public const ushort ConnectionReset = 104;
    public const ushort TimedOut = 110;
    public const ushort ConnectionRefused = 111;

    /// <summary>True for what an ICMP error becomes (<see cref="IcmpErrnos"/>), or a link that is down.</summary>
    public static bool IsOfNetwork(ushort errno) => errno is
        13      // EACCES
        or 64   // ENONET
        or 71   // EPROTO
        or 92   // ENOPROTOOPT
        or 95   // EOPNOTSUPP
        or 100  // ENETDOWN
        or 101  // ENETUNREACH
        or ConnectionRefused
        or 112  // EHOSTDOWN
        or 113; // EHOSTUNREACH
}
