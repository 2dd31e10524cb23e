using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a format found at the place where it looked.</summary>
internal enum RecordStep : byte
{
    /// <summary>It needs more octets to say: <see cref="CaptureRecord.Length"/> of them.</summary>
    Incomplete,

    /// <summary>A packet.</summary>
    Packet,

    /// <summary>Something else that the format has; to be passed over.</summary>
    Other,

    /// <summary>Something that the format does not have; to be passed over, and reported.</summary>
    Damage,

    /// <summary>Something so wrong that its own length cannot be believed: the next record has to be searched for.</summary>
    Lost,
}

/// <summary>One record of a capture file. Filled anew at each step.</summary>
internal struct CaptureRecord
{
    /// <summary>Octets of the whole record.</summary>
    public int Length;

    /// <summary>Where in the record the packet begins, and how much of it is there.</summary>
    public int Start;
    public int Captured;

    /// <summary>Octets of the packet as sent.</summary>
    public uint Sent;
    public long TimeNanoseconds;
    public LinkType LinkType;

    /// <summary>What is wrong, in words.</summary>
    public string? Text;
}
