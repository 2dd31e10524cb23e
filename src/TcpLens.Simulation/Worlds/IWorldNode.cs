using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// Whatever takes and gives IP packets in a <see cref="World"/>: a host, a middlebox, an attacker. It does no I/O and reads no clock. A
/// node has a port, from 0, for each link that it is connected to, in that order.
/// </summary>
public interface IWorldNode
{
    /// <summary>A packet arrives; its octets are the node's until the call returns.</summary>
    void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now);

    /// <summary>What was to happen by <paramref name="now"/> happens; nothing when it is too early.</summary>
    void OnTimeout(Instant now);

    /// <summary>The next packet to send, if there is one; asked again and again after each of the other calls.</summary>
    /// <param name="into">With room for 65,535 octets.</param>
    /// <param name="now">The time.</param>
    /// <param name="length">Octets of the packet.</param>
    /// <param name="port">The link to send it to; a port without a link loses it.</param>
    bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port);

    /// <summary>When <see cref="OnTimeout"/> is to be called next; <see cref="Instant.Never"/> when there is nothing to wait for.</summary>
    Instant NextTimeout { get; }
}
