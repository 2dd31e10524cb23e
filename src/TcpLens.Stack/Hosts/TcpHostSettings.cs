using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>When a listener answers a SYN without remembering it (RFC 4987 §3.6; Linux: tcp_syncookies).</summary>
public enum SynCookies : byte
{
    /// <summary>A SYN that finds the queue full is dropped.</summary>
    Never,
    WhenFull,
    Always,
}

/// <summary>What a host is: its addresses, its link, and how much of everything it holds. Whatever is refused at a limit is counted.</summary>
public sealed record TcpHostSettings
{
    /// <summary>Of both families, in any number; the first of a family is what connections are opened from.</summary>
    public required IReadOnlyList<HostAddress> Addresses { get; init; }

    /// <summary>The longest packet that the link takes, in octets: at least 576 (RFC 1122 §3.3.3), 1280 with IPv6 (RFC 8200 §5).</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The device segments and fills in checksums: packets may then be longer than <see cref="Mtu"/> (<see cref="PacketOffload"/>).</summary>
    public bool HasOffloads { get; init; }

    /// <summary>What connections start with, unless their listener or caller says otherwise.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>Ports that the host chooses from (RFC 6056); both ends belong to the range. Linux: ip_local_port_range.</summary>
    public ushort FirstPort { get; init; } = 32768;

    public ushort LastPort { get; init; } = 60999;

    public SynCookies Cookies { get; init; } = SynCookies.WhenFull;

    /// <summary>Connections in every state but TIME-WAIT.</summary>
    public int MaxConnections { get; init; } = 1 << 20;

    /// <summary>Handshakes that peers have begun and not finished, of all listeners.</summary>
    public int MaxHalfOpen { get; init; } = 1 << 16;

    /// <summary>Connections that no program holds any more; one more is aborted (Linux: tcp_max_orphans).</summary>
    public int MaxOrphans { get; init; } = 1 << 16;

    /// <summary>
    /// Memory of all buffers together, in octets. When it is used up a connection keeps 4 KiB each way, so that all go on: programs cannot
    /// hand over more, and what arrives beyond it is dropped and comes again (Linux: the last number of tcp_mem).
    /// </summary>
    public long MaxBuffers { get; init; } = 1L << 30;

    /// <summary>Linux: tcp_max_tw_buckets.</summary>
    public int MaxTimeWaits { get; init; } = 1 << 16;

    /// <summary>RSTs for segments that belong to nobody, in a second; the rest is dropped in silence.</summary>
    public int ResetsPerSecond { get; init; } = 1000;

    /// <summary>Answers to ICMP echo requests, in a second.</summary>
    public int EchoRepliesPerSecond { get; init; } = 1000;

    /// <summary>How long a path's smaller MTU is believed (RFC 1191 §6.3, RFC 8201 §4).</summary>
    public TimeSpan PathMtuAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Paths whose MTU is remembered; the oldest goes first.</summary>
    public int MaxPaths { get; init; } = 1024;
}

/// <summary>How a listener listens.</summary>
public sealed record ListenOptions
{
    public static readonly ListenOptions Default = new();

    /// <summary>Connections that may wait for <see cref="HostListener.TryAccept"/>. Linux holds one more than it is told; this is the number held.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Handshakes of this listener that peers have not finished.</summary>
    public int SynBacklog { get; init; } = 4096;

    /// <summary>A full accept queue answers with RST; otherwise the last ACK is dropped and the peer tries again (Linux: tcp_abort_on_overflow).</summary>
    public bool ResetOnOverflow { get; init; }

    /// <summary>Null: the host's.</summary>
    public SynCookies? Cookies { get; init; }

    /// <summary>Null: the host's.</summary>
    public TcpSettings? Settings { get; init; }
}

/// <summary>How a connection is opened.</summary>
public readonly record struct ConnectOptions
{
    /// <summary>Null: the host's.</summary>
    public TcpSettings? Settings { get; init; }

    /// <summary>Where from; the port 0: one that the host chooses. Null: an address of the peer's family, and a port, that the host chooses.</summary>
    public Endpoint? Local { get; init; }
}

/// <summary>Why a host did not do as it was asked, with the errno that sockets give for it.</summary>
public enum HostError : byte
{
    None,

    /// <summary>EADDRINUSE: a listener, or a connection with these four numbers, is there.</summary>
    AddressInUse,

    /// <summary>EADDRNOTAVAIL: not an address of this host, or every port of the range is taken (RFC 6056).</summary>
    AddressNotAvailable,

    /// <summary>EAFNOSUPPORT: the host has no address of that family.</summary>
    FamilyNotSupported,

    /// <summary>EINVAL: nobody can be reached there: no address, a multicast or broadcast address (MUST-46), port 0.</summary>
    InvalidRemote,

    /// <summary>ENOBUFS: <see cref="TcpHostSettings.MaxConnections"/>.</summary>
    TooManyConnections,
}
