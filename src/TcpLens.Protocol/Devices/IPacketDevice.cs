namespace TcpLens.Protocol;

/// <summary>A way for bare IP packets into and out of a host: a TUN device, a pipe, an end of a simulated link. One reader and one writer at a time.</summary>
public interface IPacketDevice : IDisposable
{
    /// <summary>The longest packet on the wire, in octets.</summary>
    int Mtu { get; }

    /// <summary>True when packets may stand for many segments and have partial checksums, both ways (<see cref="PacketOffload"/>).</summary>
    bool HasOffloads { get; }

    /// <summary>Takes the next packet that has arrived, without waiting. False when there is none.</summary>
    /// <param name="buffer">With room for <see cref="Mtu"/>, or 65,535 octets with offloads.</param>
    /// <param name="length">Octets of the packet.</param>
    /// <param name="offload">What came with it.</param>
    /// <exception cref="IOException">The device is gone.</exception>
    bool TryRead(Span<byte> buffer, out int length, out PacketOffload offload);

    /// <summary>Sends a packet. False when the device has no room now: the packet is lost, as on any link.</summary>
    /// <exception cref="IOException">The device is gone.</exception>
    bool TryWrite(ReadOnlySpan<byte> packet, PacketOffload offload);

    /// <summary>Waits until a packet can be read, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <param name="timeout">Negative: without end.</param>
    void Wait(TimeSpan timeout);

    /// <summary>Ends a <see cref="Wait"/>, now or the next one; from any thread.</summary>
    void Wake();
}
