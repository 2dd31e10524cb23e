namespace TcpLens.Capture;

/// <summary>What is known of one end's stream and of its offers.</summary>
[Flags]
internal enum SequenceFacts : ushort
{
    None = 0,

    /// <summary>A segment of this end was seen: <see cref="SequenceState.Next"/> and <see cref="SequenceState.Unbroken"/> hold.</summary>
    Seen = 1,

    /// <summary>The origin of relative numbers is set, by a segment of this end or by an acknowledgment of the other's.</summary>
    HasOrigin = 2,

    /// <summary>Its SYN was seen.</summary>
    Syn = 4,

    /// <summary>Its FIN was seen.</summary>
    Fin = 8,

    /// <summary>It has acknowledged something: <see cref="SequenceState.HighestAck"/> holds.</summary>
    HasAcknowledged = 16,

    /// <summary>Its last segment acknowledged: <see cref="SequenceState.LastAck"/> is not just what stood in the field.</summary>
    LastHadAck = 32,

    /// <summary>Its shift is known, be it that it announced one or that the handshake ruled scaling out.</summary>
    ScaleKnown = 64,

    /// <summary>The handshake ruled scaling out (RFC 7323 §2.2: both SYNs must carry the option).</summary>
    ScaleRefused = 128,

    AnnouncedScale = 256,
    AnnouncedMss = 512,
    OffersSack = 1024,
    UsesTimestamps = 2048,

    /// <summary>Its last window stood in a SYN and is not scaled.</summary>
    WindowIsOfSyn = 4096,

    /// <summary>A window was seen after the handshake.</summary>
    HasWindow = 8192,

    /// <summary>Its SYN asked for accurate ECN, or both agreed on it: ECE and CWR are a counter then (RFC 9768).</summary>
    AccurateEcn = 16384,

    /// <summary>What it sent with wrong checksums was acknowledged: they were filled in after the capture.</summary>
    WrongChecksumsArrive = 32768,
}
