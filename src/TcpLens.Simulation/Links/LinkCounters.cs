namespace TcpLens.Simulation;

/// <summary>What became of a packet that was given to a link.</summary>
public enum PacketFate : byte
{
    Delivered,

    /// <summary>By <see cref="Weather.Loss"/> or <see cref="Weather.Bursts"/>.</summary>
    Lost,

    QueueFull,

    /// <summary>Longer than <see cref="Weather.Mtu"/>.</summary>
    TooLong,

    /// <summary>The link was cut.</summary>
    Cut,
}

/// <summary>What one direction of a link did, in packets.</summary>
public sealed class LinkCounters
{
    private readonly long[] _fates = new long[(int)PacketFate.Cut + 1];

    /// <summary>Packets of this fate; those on the way count as delivered.</summary>
    public long this[PacketFate fate] => _fates[(int)fate];

    /// <summary>Packets that were given to the link.</summary>
    public long Sent { get; private set; }

    /// <summary>Their octets.</summary>
    public long Octets { get; private set; }

    public long Duplicated { get; internal set; }

    public long HeldBack { get; internal set; }

    public long Corrupted { get; internal set; }

    /// <summary>Marked as having met congestion.</summary>
    public long Marked { get; internal set; }

    internal void Add(PacketFate fate, int octets)
    {
        _fates[(int)fate]++;
        Sent++;
        Octets += octets;
    }
}
