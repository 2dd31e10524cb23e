namespace TcpLens.Capture;

/// <summary>Where batches of segments come from: a file, or several in the order of time.</summary>
public interface IPacketSource : IDisposable
{
    /// <summary>What was read so far: packets, octets, kinds, times.</summary>
    CaptureTally Tally { get; }

    /// <summary>The first damages, in file order; <see cref="CaptureTally.Damages"/> counts them all.</summary>
    IReadOnlyList<CaptureDamage> Damage { get; }

    /// <summary>
    /// Fills the batch with the next packets, which may hold no segment at all; false when there are no more (a growing file: when it
    /// has not grown, and then it may be asked again).
    /// </summary>
    bool TryRead(PacketBatch batch);
}
