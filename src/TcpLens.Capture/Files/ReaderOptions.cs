namespace TcpLens.Capture;

/// <summary>How a capture is read.</summary>
public sealed record ReaderOptions
{
    /// <summary>True to look into GRE, VXLAN, GENEVE, IP-in-IP and 6in4 tunnels.</summary>
    public bool OpensTunnels { get; init; } = true;

    /// <summary>True to verify TCP checksums where the whole segment was captured.</summary>
    public bool VerifiesChecksums { get; init; } = true;
}
