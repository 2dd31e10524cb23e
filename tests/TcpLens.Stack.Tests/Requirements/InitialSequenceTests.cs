using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Initial sequence numbers (RFC 9293 §3.4.1, RFC 6528), and first timestamps (RFC 7323 §7.1).</summary>
public sealed class InitialSequenceTests
{
    private static readonly FourTuple One = new(Pair.At("10.0.0.1", 1000), Pair.At("10.0.0.2", 80));

    [Fact]
    [Requirement("MUST-8", "SHLD-1", "6528-1")]
    public void The_same_connection_begins_further_on_by_one_every_four_microseconds()
    {
        var secrets = new HostSecrets(new byte[16]);
        Instant now = new(77_000_000_000);
        Assert.Equal(0, secrets.InitialSequence(One, now) - secrets.InitialSequence(One, now));
        Assert.Equal(250_000, secrets.InitialSequence(One, now + TimeSpan.FromSeconds(1)) - secrets.InitialSequence(One, now));
    }

    [Fact]
    [Requirement("MUST-9", "SHLD-1", "6528-1")]
    public void Another_secret_address_or_port_gives_another_number()
    {
        Instant now = new(77_000_000_000);
        byte[] secret = new byte[16];
        var numbers = new HashSet<uint>();
        for (int i = 0; i < 128; i++)
        {
            secret[i / 8] ^= (byte)(1 << (i % 8));
            numbers.Add(new HostSecrets(secret).InitialSequence(One, now).Value);
        }

        var secrets = new HostSecrets(secret);
        for (ushort port = 2001; port <= 3000; port++)
        {
            numbers.Add(secrets.InitialSequence(One with { Local = Pair.At("10.0.0.1", port) }, now).Value);
            numbers.Add(secrets.InitialSequence(One with { Remote = Pair.At("10.0.0.3", port) }, now).Value);
        }

        Assert.Equal(2128, numbers.Count);

        // No order that an attacker could go on by: half of them are in each half of the circle.
        Assert.InRange(numbers.Count(static number => number > int.MaxValue), 950, 1180);
    }

    [Fact]
    [Requirement("MUST-8", "SHLD-1")]
    public void That_number_is_what_a_host_sends()
    {
        var pair = new Pair();
        pair.Listen(80);
        HostConnection connection = pair.Connect(80, from: One.Local);
        byte[] secret = new byte[16];
        secret[3] = 1;
        SeqNum expected = new HostSecrets(secret).InitialSequence(One, pair.Now);
        pair.Run(TimeSpan.Zero);
        Assert.Equal((expected, TcpState.SynSent), (Forged.Read(pair.Sent[0].Octets).Sequence, connection.State));
    }

    [Fact]
    [Requirement("7323-18")]
    public void Timestamps_to_different_peers_tell_nothing_of_each_other()
    {
        var secrets = new HostSecrets(new byte[16]);
        var offsets = new HashSet<uint>();
        for (ushort port = 1; port <= 500; port++)
        {
            offsets.Add(secrets.TimestampOffset(One with { Local = Pair.At("10.0.0.1", port) }));
        }

        Assert.Equal(500, offsets.Count);
        Assert.Contains(secrets.TimestampOffset(One with { Local = Pair.At("10.0.0.1", 7) }), offsets);
    }
}
