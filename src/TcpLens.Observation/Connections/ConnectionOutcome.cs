namespace TcpLens.Observation;

/// <summary>How a connection began and ended, as far as the capture shows.</summary>
public enum ConnectionOutcome : byte
{
    /// <summary>Established, and neither end had said that it ends when the capture did.</summary>
    Open,

    /// <summary>Both ends sent their FIN, and both were acknowledged.</summary>
    Closed,

    /// <summary>Both FINs were seen; the last acknowledgment was not.</summary>
    Closing,

    /// <summary>The originator sent its FIN, the responder none.</summary>
    HalfClosedByOriginator,

    /// <summary>The responder sent its FIN, the originator none.</summary>
    HalfClosedByResponder,

    /// <summary>The originator aborted it after the handshake.</summary>
    ResetByOriginator,

    /// <summary>The responder aborted it after the handshake.</summary>
    ResetByResponder,

    /// <summary>A RST answered the SYN.</summary>
    Refused,

    /// <summary>SYNs, and no answer.</summary>
    Unanswered,

    /// <summary>The SYN was answered, the answer never acknowledged.</summary>
    HalfOpen,

    /// <summary>The originator took its own SYN back with a RST before the handshake was complete.</summary>
    Abandoned,

    /// <summary>A SYN and a FIN of the originator, and nothing of the responder.</summary>
    OneSided,

    /// <summary>The responder reset the connection before the handshake was complete, other than by refusing the SYN.</summary>
    ResetInHandshake,

    /// <summary>Its beginning was not captured, and it had not ended.</summary>
    Midstream,

    /// <summary>Only segments that belong to no connection: stray RSTs, scans with illegal bits.</summary>
    Stray,
}
