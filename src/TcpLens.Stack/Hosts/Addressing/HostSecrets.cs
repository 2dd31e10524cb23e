using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The numbers of a host that others must not be able to guess, each from a key of its own.</summary>
internal sealed class HostSecrets(ReadOnlySpan<byte> secret)
{
    /// <summary>RFC 9293 §3.4.1: the clock of initial sequence numbers ticks about every 4 µs.</summary>
    private const long ClockTick = 4_000;

    private readonly SipHash _sequences = new SipHash(secret).For(1);
    private readonly SipHash _timestamps = new SipHash(secret).For(2);

    public SipHash Tables { get; } = new SipHash(secret).For(3);

    public SipHash Ports { get; } = new SipHash(secret).For(4);

    public SipHash Cookies { get; } = new SipHash(secret).For(5);

    /// <summary>ISN = M + F(both ends, secret) (RFC 6528 §3, MUST-8, MUST-9).</summary>
    public SeqNum InitialSequence(in FourTuple tuple, Instant now)
        => new(unchecked((uint)tuple.Secret(_sequences) + (uint)(now.Nanoseconds / ClockTick)));

    /// <summary>Where the timestamp clock of a connection starts; the same for each incarnation of it (RFC 7323 §5.4 and §7.1).</summary>
    public uint TimestampOffset(in FourTuple tuple) => (uint)tuple.Secret(_timestamps);
}
