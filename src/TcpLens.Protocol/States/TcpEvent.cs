namespace TcpLens.Protocol;

/// <summary>
/// What can happen to a connection (RFC 9293 §3.3.1: user calls, arriving segments, timeouts). A segment counts only after the
/// tests of §3.10.7 found it acceptable; where a guard decides between two ways, the guard is part of the event's name, so that
/// state and event always lead to one state.
/// </summary>
public enum TcpEvent : byte
{
    PassiveOpen,
    ActiveOpen,
    Send,
    Close,
    Abort,

    /// <summary>A SYN without ACK.</summary>
    Syn,

    /// <summary>A SYN that acknowledges our SYN.</summary>
    SynAck,

    /// <summary>An ACK of our SYN, without a SYN.</summary>
    AckOfSyn,

    /// <summary>A FIN that does not acknowledge a FIN of ours.</summary>
    Fin,

    /// <summary>An ACK of our FIN, without a FIN.</summary>
    AckOfFin,

    /// <summary>A FIN that acknowledges our FIN.</summary>
    FinAckOfFin,

    /// <summary>A RST, the connection having begun with an active open, or with a passive open that went beyond SYN-RECEIVED.</summary>
    Reset,

    /// <summary>A RST in SYN-RECEIVED, reached from a passive open.</summary>
    ResetOfPassiveOpen,

    /// <summary>A SYN inside the window in SYN-RECEIVED, reached from a passive open.</summary>
    SynOfPassiveOpen,

    /// <summary>In TIME-WAIT, a SYN beyond the old connection's sequence numbers or with a newer timestamp (RFC 6191).</summary>
    NewSyn,

    /// <summary>Nobody answered: the user timeout expired, or the last retransmission or probe did (RFC 9293 §3.8.3).</summary>
    UserTimeout,

    /// <summary>Twice the maximum segment lifetime has passed in TIME-WAIT.</summary>
    TwoMslTimeout,
}

public static class TcpEventText
{
    /// <summary>The event in the words of RFC 9293's figure 5, where that has words for it.</summary>
    public static string Describe(this TcpEvent @event) => @event switch
    {
        TcpEvent.PassiveOpen => "passive open",
        TcpEvent.ActiveOpen => "active open",
        TcpEvent.Send => "send",
        TcpEvent.Close => "close",
        TcpEvent.Abort => "abort",
        TcpEvent.Syn => "receives SYN",
        TcpEvent.SynAck => "receives SYN+ACK",
        TcpEvent.AckOfSyn => "receives ACK of SYN",
        TcpEvent.Fin => "receives FIN",
        TcpEvent.AckOfFin => "receives ACK of FIN",
        TcpEvent.FinAckOfFin => "receives FIN+ACK of FIN",
        TcpEvent.Reset => "receives RST",
        TcpEvent.ResetOfPassiveOpen => "receives RST (passive open)",
        TcpEvent.SynOfPassiveOpen => "receives SYN again (passive open)",
        TcpEvent.NewSyn => "receives acceptable new SYN",
        TcpEvent.UserTimeout => "user timeout",
        TcpEvent.TwoMslTimeout => "2MSL timeout",
    };
}
