namespace TcpLens.Linux;

/// <summary>What is captured, and how.</summary>
public sealed record LiveCaptureOptions
{
    /// <summary>All of them at once, with a link header of Linux's own (LINKTYPE_LINUX_SLL2) in the place of theirs.</summary>
    public const string EveryInterface = "any";

    /// <summary>Largest packet that Linux hands over with segmentation offload, and then some: nothing is cut.</summary>
    public const int WholePackets = 262_144;

    /// <summary>Name of an interface, or <see cref="EveryInterface"/>.</summary>
    public required string Interface { get; init; }

    /// <summary>In tcpdump's language (pcap-filter(7)); empty for everything.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Octets of each packet that the kernel keeps, from its link header on.</summary>
    public int SnapLength { get; init; } = WholePackets;

    /// <summary>At 200,000 packets a second of headers 64 MiB last a second, which is longer than a disk usually holds up its writers.</summary>
    public const int UsualBuffer = 64 << 20;

    /// <summary>Octets of the kernel's ring.</summary>
    public int BufferOctets { get; init; } = UsualBuffer;

    /// <summary>Also packets for other machines, where the link carries them.</summary>
    public bool IsPromiscuous { get; init; } = true;

    /// <summary>How long the kernel may gather packets before it hands them over.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(50);
}
