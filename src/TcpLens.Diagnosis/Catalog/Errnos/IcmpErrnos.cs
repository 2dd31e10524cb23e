namespace TcpLens.Diagnosis;

/// <summary>An ICMP error and the errno that a TCP socket gets from it.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="Type">Type of the message.</param>
/// <param name="Code">Code of the message; null for every code.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Symbol">The errno.</param>
/// <param name="IsHard">
/// True where the kernel calls it fatal. To a connection that stands TCP takes all of them as hints (RFC 5461) and goes on trying; in
/// SYN-SENT each of them ends connect() at once, but for those about size, which TCP answers with smaller segments.
/// </param>
public sealed record IcmpErrno(int Family, int Type, int? Code, string Name, string Symbol, bool IsHard);

/// <summary>How Linux turns ICMP errors into errnos (net/ipv4/icmp.c icmp_err_convert, net/ipv6/icmp.c icmpv6_err_convert).</summary>
public static class IcmpErrnos
{
    private const int Unreachable = 3;
    private const int Unreachable6 = 1;

    public static IReadOnlyList<IcmpErrno> All { get; } =
    [
        new(4, Unreachable, 0, "net unreachable", "ENETUNREACH", false),
        new(4, Unreachable, 1, "host unreachable", "EHOSTUNREACH", false),
        new(4, Unreachable, 2, "protocol unreachable", "ENOPROTOOPT", true),
        new(4, Unreachable, 3, "port unreachable", "ECONNREFUSED", true),
        new(4, Unreachable, 4, "fragmentation needed", "EMSGSIZE", false),
        new(4, Unreachable, 5, "source route failed", "EOPNOTSUPP", false),
        new(4, Unreachable, 6, "net unknown", "ENETUNREACH", true),
        new(4, Unreachable, 7, "host unknown", "EHOSTDOWN", true),
        new(4, Unreachable, 8, "source host isolated", "ENONET", true),
        new(4, Unreachable, 9, "net prohibited", "ENETUNREACH", true),
        new(4, Unreachable, 10, "host prohibited", "EHOSTUNREACH", true),
        new(4, Unreachable, 11, "net unreachable for this type of service", "ENETUNREACH", false),
        new(4, Unreachable, 12, "host unreachable for this type of service", "EHOSTUNREACH", false),
        new(4, Unreachable, 13, "administratively prohibited", "EHOSTUNREACH", true),
        new(4, Unreachable, 14, "host precedence violation", "EHOSTUNREACH", true),
        new(4, Unreachable, 15, "precedence cutoff", "EHOSTUNREACH", true),
        new(4, 11, null, "time exceeded", "EHOSTUNREACH", false),
        new(4, 12, null, "parameter problem", "EPROTO", true),
        new(6, Unreachable6, 0, "no route", "ENETUNREACH", false),
        new(6, Unreachable6, 1, "administratively prohibited", "EACCES", true),
        new(6, Unreachable6, 2, "beyond the scope of the source", "EHOSTUNREACH", false),
        new(6, Unreachable6, 3, "address unreachable", "EHOSTUNREACH", false),
        new(6, Unreachable6, 4, "port unreachable", "ECONNREFUSED", true),
        new(6, Unreachable6, 5, "source address failed policy", "EACCES", true),
        new(6, Unreachable6, 6, "reject route", "EACCES", true),
        new(6, 2, null, "packet too big", "EMSGSIZE", false),
        new(6, 3, null, "time exceeded", "EHOSTUNREACH", false),
        new(6, 4, null, "parameter problem", "EPROTO", true),
    ];
}
