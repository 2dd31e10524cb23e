namespace TcpLens.Capture;

/// <summary>What the TCP checksum of a captured packet says.</summary>
public enum ChecksumVerdict : byte
{
    /// <summary>The capture kept too little of the packet to tell, or nobody asked.</summary>
    Unchecked,
    Good,

    /// <summary>Wrong, and exactly what Linux leaves for an interface to complete (the sum of the pseudo-header), or zero.</summary>
    Offloaded,
    Bad,
}
