namespace TcpLens.Stack;

/// <summary>What a program should know of, as it happens. A connection holds each at most once until it is taken.</summary>
[Flags]
public enum ConnectionEvents : ushort
{
    None = 0,

    /// <summary>ESTABLISHED.</summary>
    Connected = 1,

    /// <summary>There is more to receive.</summary>
    Readable = 2,

    /// <summary>There is room to send again, after there was none.</summary>
    Writable = 4,

    /// <summary>The peer's FIN was taken: nothing comes after what is there (MUST-12).</summary>
    PeerClosed = 8,

    /// <summary>Urgent data was announced, or goes on (MUST-32).</summary>
    Urgent = 16,

    /// <summary>R1: data had to be sent again several times (SHLD-9).</summary>
    Trouble = 32,

    /// <summary>An ICMP error that does not end the connection (MUST-47).</summary>
    SoftError = 64,

    /// <summary>Ended by an error: <see cref="TcpConnection.Error"/>.</summary>
    Failed = 128,

    /// <summary>CLOSED, whatever the reason; the last event.</summary>
    Closed = 256,
}

/// <summary>Why a connection failed, with the errno that sockets give for it.</summary>
public enum ConnectionError : byte
{
    None,

    /// <summary>ECONNREFUSED: RST for a SYN.</summary>
    Refused,

    /// <summary>ECONNRESET.</summary>
    Reset,

    /// <summary>ETIMEDOUT: R2, the user timeout, or keep-alives without an answer.</summary>
    TimedOut,

    /// <summary>ENETUNREACH.</summary>
    NetworkUnreachable,

    /// <summary>EHOSTUNREACH.</summary>
    HostUnreachable,

    /// <summary>ENOPROTOOPT: ICMP protocol unreachable.</summary>
    ProtocolUnreachable,

    /// <summary>EMSGSIZE: fragmentation needed, and no smaller segment can be.</summary>
    MessageSize,

    /// <summary>ECONNABORTED: by our own abort.</summary>
    Aborted,

    /// <summary>EACCES: administratively prohibited.</summary>
    Prohibited,
}

/// <summary>Why a segment had no effect, or not its whole effect. Each is counted (<see cref="TcpCounters"/>).</summary>
public enum DropReason : byte
{
    None,

    /// <summary>No ACK, SYN or RST where one must be (RFC 9293 §3.10.7.4: "if the ACK bit is off, drop").</summary>
    NoAcknowledgment,

    /// <summary>SYN with FIN, and the like, where nothing says what it means.</summary>
    IllegalBits,

    /// <summary>Outside the receive window (first check).</summary>
    OutsideWindow,

    /// <summary>A timestamp older than the last (PAWS, RFC 7323 §5.3).</summary>
    OldTimestamp,

    /// <summary>No timestamp where both agreed to send them (RFC 7323 §3.2).</summary>
    MissingTimestamp,

    /// <summary>A RST inside the window that is not exactly RCV.NXT (RFC 5961 §3.2).</summary>
    ResetNotExact,

    /// <summary>A RST that answers no SYN of ours, or one outside the window.</summary>
    ResetUnbelieved,

    /// <summary>A RST in TIME-WAIT (RFC 1337).</summary>
    ResetInTimeWait,

    /// <summary>A SYN on a synchronized connection (RFC 5961 §4.2).</summary>
    SynUnexpected,

    /// <summary>It acknowledges what was not sent.</summary>
    AckOfUnsentData,

    /// <summary>It acknowledges less than any live segment would (RFC 5961 §5.2).</summary>
    AckTooOld,

    /// <summary>An ACK that does not acknowledge our SYN.</summary>
    AckOfNoSyn,

    /// <summary>Every octet was there already.</summary>
    Duplicate,

    /// <summary>Data that no room is left for: beyond the window, or too many holes.</summary>
    NoRoom,

    /// <summary>Data after the peer's FIN.</summary>
    BeyondFin,

    /// <summary>Data for a program that has closed its end (SHLD-3: it is answered with a RST).</summary>
    NobodyReads,

    /// <summary>No connection and no listener.</summary>
    NoSocket,

    /// <summary>The connection is closed.</summary>
    Closed,

    /// <summary>The listener's queue of half-open connections is full.</summary>
    SynQueueFull,

    /// <summary>The listener's queue of connections that nobody accepted is full.</summary>
    AcceptQueueFull,

    /// <summary>An ACK whose number is no SYN cookie of ours.</summary>
    CookieInvalid,

    /// <summary>A limit of the host: connections, orphans, memory.</summary>
    HostLimit,

    /// <summary>The checksum is wrong (MUST-3).</summary>
    BadChecksum,

    /// <summary>Not a whole TCP header in a whole IP packet.</summary>
    Malformed,

    /// <summary>A broadcast or multicast address (MUST-57, MUST-63), or one that is not ours.</summary>
    BadAddress,

    /// <summary>An IP protocol or a fragment that nobody takes here.</summary>
    NotTcp,

    /// <summary>An ICMP error that quotes no live segment (RFC 5927 §4).</summary>
    IcmpUnbelieved,
}
