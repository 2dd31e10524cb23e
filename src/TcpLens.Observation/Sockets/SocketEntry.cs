using TcpLens.Protocol;

namespace TcpLens.Observation;

public enum Transport : byte
{
    Tcp,
    Mptcp,
}

/// <summary>What the kernel keeps for the connection. Only a full socket has an owner, tcp_info and memory of its own.</summary>
public enum SocketKind : byte
{
    /// <summary>struct tcp_sock.</summary>
    Full,

    /// <summary>struct tcp_request_sock: a handshake that the peer has not finished (Linux's NEW_SYN_RECV).</summary>
    Request,

    /// <summary>struct tcp_timewait_sock: TIME_WAIT, and FIN_WAIT_2 that no process holds any more.</summary>
    TimeWait,
}

/// <summary>Which timer runs (linux/inet_diag.h, idiag_timer). A retransmission timer hides a keep-alive timer behind it.</summary>
public enum SocketTimer : byte
{
    Off = 0,
    Retransmit = 1,
    KeepAlive = 2,
    TimeWait = 3,
    ZeroWindowProbe = 4,
    DelayedAck = 5,
}

/// <summary>Which directions the application has shut down (sk_shutdown).</summary>
[Flags]
public enum Shutdown : byte
{
    None = 0,
    Receive = 1,
    Send = 2,
}

/// <summary>One socket at one instant, as any source can tell it: a value, copied freely, that holds no reference.</summary>
public readonly record struct SocketEntry
{
    public required TcpState State { get; init; }

    public required IpFamily Family { get; init; }

    public required Endpoint Local { get; init; }

    public required Endpoint Remote { get; init; }

    public SocketKind Kind { get; init; }

    public Transport Transport { get; init; }

    public SocketTimer Timer { get; init; }

    public Shutdown Shutdown { get; init; }

    /// <summary>Retransmissions, probes or SYN-ACK repeats that the running timer stands for.</summary>
    public byte TimerRetransmits { get; init; }

    public bool IsV6Only { get; init; }

    /// <summary>Time until <see cref="Timer"/> fires, in milliseconds; meaningless when the timer is off.</summary>
    public uint TimerMilliseconds { get; init; }

    /// <summary>LISTEN: connections waiting for accept(). Otherwise octets received and not read (an unread FIN counts one).</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>LISTEN: the limit of the accept queue. Otherwise octets sent and not acknowledged (a SYN or FIN counts one).</summary>
    public uint SendQueue { get; init; }

    public uint UserId { get; init; }

    /// <summary>Inode of the socket's file; 0 when no process holds it.</summary>
    public uint Inode { get; init; }

    /// <summary>
    /// The kernel's name for the connection. It gives one when it is first asked for it, to the socket it then finds: one that was
    /// asked for while the full socket lived stays to the end of TIME_WAIT.
    /// </summary>
    public ulong Cookie { get; init; }

    /// <summary>Interface index the socket is bound to; 0 when it is not.</summary>
    public uint Interface { get; init; }

    /// <summary>Firewall mark; null when the source may not see it (Linux tells it to CAP_NET_ADMIN only).</summary>
    public uint? Mark { get; init; }

    /// <summary>Identifier of the socket's cgroup (v2); 0 when unknown.</summary>
    public ulong CgroupId { get; init; }

    /// <summary>Inode of the network namespace; 0 when unknown.</summary>
    public uint Namespace { get; init; }

    /// <summary>True when the kernel finished the handshake and no process has called accept() yet.</summary>
    public bool IsUnaccepted => Transport == Transport.Tcp && Inode == 0 && Kind == SocketKind.Full && State is TcpState.Established or TcpState.CloseWait;

    /// <summary>True for a full socket that a process let go and that the kernel is still closing.</summary>
    public bool IsOrphan => Inode == 0 && Kind == SocketKind.Full
        && State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck;
}
