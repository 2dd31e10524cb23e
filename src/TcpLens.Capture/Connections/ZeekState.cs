namespace TcpLens.Capture;

/// <summary>
/// An end's state as Zeek keeps it: by what the end itself sent, one direction at a time. It serves the history string and conn_state,
/// which people know; the timeline of <see cref="StateFollower"/> does not read it.
/// </summary>
internal enum ZeekState : byte
{
    Inactive,
    SynSent,
    SynAckSent,

    /// <summary>Spoke without a SYN.</summary>
    Partial,
    Established,

    /// <summary>Sent a FIN.</summary>
    Closed,

    /// <summary>Sent a RST.</summary>
    Reset,
}
