using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A host: any number of connections and listeners behind some IP addresses, without I/O and without a clock. It takes and gives
/// whole IP packets:
/// <code>
/// while (device.TryRead(buffer, out int length, out PacketOffload offload)) host.OnPacket(buffer.AsSpan(0, length), offload, now);
/// host.OnTimeout(now);                                                     // nothing when it is too early
/// while (host.TryTakeEvent(out HostEvent happened)) program.Hear(happened);
/// while (host.TryTakePacket(buffer, now, out length, out offload)) device.TryWrite(buffer.AsSpan(0, length), offload);
/// device.Wait(until: host.NextTimeout);
/// </code>
/// One thread at a time.
/// </summary>
public sealed class TcpHost
{
    /// <param name="settings">What the host is.</param>
    /// <param name="secret">16 octets that nobody can guess: initial sequence numbers, ports, cookies and hash tables depend on them.</param>
    public TcpHost(TcpHostSettings settings, ReadOnlySpan<byte> secret) => throw new NotImplementedException();

    public TcpHostSettings Settings => throw new NotImplementedException();

    public TcpCounters Counters => throw new NotImplementedException();

    /// <summary>Connections in ESTABLISHED and CLOSE-WAIT (Linux: CurrEstab).</summary>
    public int Established => throw new NotImplementedException();

    /// <summary>Connections in every state but TIME-WAIT, half-open ones included.</summary>
    public int Connections => throw new NotImplementedException();

    public int TimeWaits => throw new NotImplementedException();

    /// <summary>A packet arrives. Says why it had no (whole) effect; whatever stands in it, nothing is thrown.</summary>
    /// <param name="packet">IPv4 or IPv6, from the first octet of the header; octets after the length it states are ignored.</param>
    /// <param name="offload">What the device said of it.</param>
    /// <param name="now">The time.</param>
    public DropReason OnPacket(ReadOnlySpan<byte> packet, PacketOffload offload, Instant now) => throw new NotImplementedException();

    /// <summary>What was to happen by <paramref name="now"/> happens; nothing when it is too early.</summary>
    public void OnTimeout(Instant now) => throw new NotImplementedException();

    /// <summary>Passive open (RFC 9293 §3.10.1).</summary>
    /// <param name="local">An address of this host, or the unspecified one (:: takes both families, 0.0.0.0 IPv4); port 0: one that the host chooses.</param>
    /// <param name="options">How.</param>
    /// <param name="listener">Null when there is an error.</param>
    public HostError TryListen(Endpoint local, ListenOptions options, out HostListener? listener) => throw new NotImplementedException();

    /// <summary>Active open (RFC 9293 §3.10.1). How it goes is told by events.</summary>
    public HostError TryConnect(Endpoint remote, in ConnectOptions options, Instant now, out HostConnection? connection) => throw new NotImplementedException();

    /// <summary>The next packet to send, if there is one. Connections take turns.</summary>
    /// <param name="into">With room for the MTU, or 65,535 octets with offloads.</param>
    /// <param name="now">The time.</param>
    /// <param name="length">Octets of the packet.</param>
    /// <param name="offload">What the device is to do.</param>
    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out PacketOffload offload) => throw new NotImplementedException();

    /// <summary>One event that happened since.</summary>
    public bool TryTakeEvent(out HostEvent happened) => throw new NotImplementedException();

    /// <summary>When <see cref="OnTimeout"/> is to be called next; <see cref="Instant.Never"/> when there is nothing to wait for.</summary>
    public Instant NextTimeout => throw new NotImplementedException();
}
