namespace TcpLens.Capture;

/// <summary>What few ends have, and is remembered in the <see cref="MarkLedger"/> therefore. The first four count for the history string.</summary>
internal enum LedgerNote
{
    /// <summary>Segments with payload, none of it beyond what was seen.</summary>
    OldData,
    ZeroWindows,

    /// <summary>Acknowledgments of octets that were not captured.</summary>
    Gaps,

    /// <summary>Segments dropped for their checksum.</summary>
    BadChecksums,

    /// <summary>Sequence number of the last RST.</summary>
    LastReset,

    /// <summary>The first number that is missing, and the first after it that is not.</summary>
    HoleStart,
    HoleEnd,

    /// <summary>Segments with URG, and those with a window of 0 that are no SYN and no RST.</summary>
    Urgent,
    ZeroWindowFields,
}
