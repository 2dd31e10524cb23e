using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>The User Timeout option (RFC 5482).</summary>
public sealed class UserTimeoutTests
{
    private static readonly TcpSettings Tells = TcpSettings.Default with
    {
        Options = ConnectionOptions.Default with { UserTimeout = TimeSpan.FromSeconds(150), AdvertiseUserTimeout = true },
    };

    [Theory]
    [InlineData(1, 0x0001)]
    [InlineData(150, 0x0096)]
    [InlineData(32_767, 0x7fff)]
    [InlineData(36_000, 0x8258)]
    [Requirement("5482-1")]
    public void The_value_is_seconds_or_minutes(int seconds, int value)
    {
        Assert.Equal(value, UserTimeoutOption.Encode(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), UserTimeoutOption.Decode((ushort)value));
    }

    [Fact]
    [Requirement("5482-1")]
    public void Minutes_are_rounded_up() => Assert.Equal(0x8000 | 601, UserTimeoutOption.Encode(TimeSpan.FromSeconds(36_001)));

    [Fact]
    [Requirement("5482-1")]
    public void The_option_has_kind_28_and_four_octets_and_zero_says_nothing()
    {
        byte[] room = new byte[40];
        Assert.Equal(4, new SegmentOptions { Present = SegmentOptionSet.UserTimeout, UserTimeout = 0x8002 }.Write(room));
        Assert.Equal([28, 4, 0x80, 2], room[..4]);

        Assert.Equal(150, EndsAfter(0));
    }

    [Fact]
    [Requirement("5482-3")]
    public void The_SYN_says_it_when_the_program_wants_that()
    {
        Assert.Equal(150, Peer.Connecting(Tells).Only.Options.UserTimeout);
        Assert.False(Peer.Connecting().Only.Options.Has(SegmentOptionSet.UserTimeout));
        Assert.Equal(150, EndsAfter(null));
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(120, 150)]
    [InlineData(0x8000 | (24 * 60), 12 * 3600)]
    [Requirement("5482-2")]
    public void The_longer_of_both_counts_within_limits(int theirs, int seconds) => Assert.Equal(seconds, EndsAfter((ushort)theirs));

    [Fact]
    [Requirement("5482-2")]
    public void No_peer_makes_it_shorter_than_a_hundred_seconds()
        => Assert.Equal(TimeSpan.FromSeconds(100), UserTimeoutOption.Agree(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)));

    [Fact]
    [Requirement("5482-2")]
    public void A_program_that_says_nothing_of_its_own_is_told_nothing()
        => Assert.Equal(150, EndsAfter(200, TcpSettings.Default with { Options = Tells.Options with { AdvertiseUserTimeout = false } }));

    private static int EndsAfter(ushort? theirs, TcpSettings? settings = null)
    {
        SegmentOptions options = Peer.Mss();
        if (theirs is { } value)
        {
            options.Present |= SegmentOptionSet.UserTimeout;
            options.UserTimeout = value;
        }

        Peer peer = Peer.Connected(settings ?? Tells, options);
        Instant start = peer.Now;
        peer.Send(10);
        while (peer.Subject.State == TcpState.Established)
        {
            peer.Pass(1);
        }

        return (int)(peer.Now - start).TotalSeconds;
    }
}
