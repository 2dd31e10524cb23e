namespace TcpLens.Capture;

/// <summary>True for a packet that is wanted.</summary>
/// <param name="stamp">What the capture says of it.</param>
/// <param name="captured">Its octets, as far as they were captured.</param>
public delegate bool PacketPredicate(in PacketStamp stamp, ReadOnlySpan<byte> captured);

/// <summary>How a capture is read.</summary>
public sealed record ReaderOptions
{
    /// <summary>True to look into GRE, VXLAN, GENEVE, IP-in-IP and 6in4 tunnels.</summary>
    public bool OpensTunnels { get; init; } = true;

    /// <summary>True to verify TCP checksums where the whole segment was captured.</summary>
    public bool VerifiesChecksums { get; init; } = true;

    /// <summary>True for a file that is still written: its end is not yet an end, and a packet that is half there is waited for.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Asked for each packet before it is decoded; null takes all.</summary>
    public PacketPredicate? Accepts { get; init; }

    /// <summary>Octets that are read at a time.</summary>
    internal int BlockSize { get; init; } = 256 * 1024;
}
