namespace TcpLens.Stack;

/// <summary>What an ICMP error means for the connection it quotes.</summary>
/// <param name="Error">For sockets.</param>
/// <param name="IsHard">It ends a connection that is not synchronized (RFC 5927 §5.2: one that is takes it as soft).</param>
/// <param name="IsTooBig">It tells a path's MTU.</param>
internal readonly record struct IcmpVerdict(ConnectionError Error, bool IsHard = false, bool IsTooBig = false)
{
    /// <summary>RFC 9293 §3.9.2.2 (MUST-54 to 56, SHLD-25), with the codes that RFC 1812 §5.2.7.1 added and Linux's errno for each. Null: no error of TCP's.</summary>
    public static IcmpVerdict? V4(byte type, byte code) => (type, code) switch
    {
        (3, 0 or 6 or 11) => new(ConnectionError.NetworkUnreachable),
        (3, 2) => new(ConnectionError.ProtocolUnreachable, IsHard: true),
        (3, 3) => new(ConnectionError.Refused, IsHard: true),
        (3, 4) => new(ConnectionError.MessageSize, IsTooBig: true),
        (3, 9 or 10 or 13) => new(ConnectionError.Prohibited, IsHard: true),
        (3, 1 or 5 or 7 or 8 or 12 or 14 or 15) => new(ConnectionError.HostUnreachable),
        (11, 0 or 1) => new(ConnectionError.HostUnreachable),
        (12, _) => new(ConnectionError.HostUnreachable),

        // Source quench (4) is dead (RFC 6633 §3, MUST-55), a redirect (5) is for those who route.
        _ => null,
    };

    /// <summary>RFC 4443 §3; errnos as Linux's icmpv6_err_convert.</summary>
    public static IcmpVerdict? V6(byte type, byte code) => (type, code) switch
    {
        (1, 0) => new(ConnectionError.NetworkUnreachable),
        (1, 1 or 5 or 6) => new(ConnectionError.Prohibited, IsHard: true),
        (1, 4) => new(ConnectionError.Refused, IsHard: true),
        (1, _) => new(ConnectionError.HostUnreachable),
        (2, _) => new(ConnectionError.MessageSize, IsTooBig: true),
        (3, _) => new(ConnectionError.HostUnreachable),
        (4, 1) => new(ConnectionError.ProtocolUnreachable, IsHard: true),
        (4, _) => new(ConnectionError.HostUnreachable),
        _ => null,
    };
}
