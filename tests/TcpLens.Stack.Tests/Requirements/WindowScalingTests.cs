using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Window scaling (RFC 7323 §2).</summary>
public sealed class WindowScalingTests
{
    [Fact]
    [Requirement("7323-1")]
    public void A_shift_outside_of_a_SYN_is_ignored()
    {
        Peer peer = Peer.Established(options: WindowTests.Scaled(3), window: 100);
        peer.Give(ControlBits.Ack, window: 100, options: WindowTests.Scaled(9));
        Assert.Equal((3, 800u), (peer.Subject.Status.SendWindowShift, peer.Subject.Status.SendWindow));
    }

    [Fact]
    [Requirement("7323-2")]
    public void Windows_are_scaled_only_when_both_SYNs_said_so()
    {
        Peer without = Peer.Listening();
        without.Give(ControlBits.Syn, options: Peer.Mss());
        Assert.False(without.Only.Options.Has(SegmentOptionSet.WindowScale));
        Peer with = Peer.Listening();
        with.Give(ControlBits.Syn, options: WindowTests.Scaled(2));
        Assert.True(with.Only.Options.Has(SegmentOptionSet.WindowScale));

        Peer refused = Peer.Connecting();
        Assert.True(refused.Only.Options.Has(SegmentOptionSet.WindowScale));
        refused.Give(ControlBits.Syn | ControlBits.Ack, options: Peer.Mss(), window: 1000);
        Assert.Equal(ushort.MaxValue, refused.Only.Window.Raw);
        Assert.Equal((0, 0, 1000u), (refused.Subject.Status.SendWindowShift, refused.Subject.Status.ReceiveWindowShift, refused.Subject.Status.SendWindow));
    }

    [Fact]
    [Requirement("7323-3", "7323-5")]
    public void The_window_of_a_SYN_is_as_it_stands_and_every_later_one_is_shifted()
    {
        TcpSettings settings = TcpSettings.Default with { ReceiveBuffer = 1 << 20 };
        Peer peer = Peer.Connecting(settings);
        Assert.Equal(ushort.MaxValue, peer.Only.Window.Raw);
        peer.Give(ControlBits.Syn | ControlBits.Ack, options: WindowTests.Scaled(7), window: 1000);
        Assert.Equal(1000u, peer.Subject.Status.SendWindow);
        int shift = peer.Subject.Status.ReceiveWindowShift;
        Assert.Equal(1 << 20, peer.Only.Window.Raw << shift);
        peer.Give(ControlBits.Ack, window: 1000);
        Assert.Equal(128_000u, peer.Subject.Status.SendWindow);

        peer = Peer.Listening(settings);
        peer.Give(ControlBits.Syn, options: WindowTests.Scaled(7), window: 1000);
        Assert.Equal(ushort.MaxValue, peer.Only.Window.Raw);
        peer.Give(ControlBits.Ack, window: 1000);
        Assert.Equal(128_000u, peer.Subject.Status.SendWindow);
    }

    [Theory]
    [InlineData(ushort.MaxValue - 1, true)]
    [InlineData(ushort.MaxValue, false)]
    [Requirement("7323-2")]
    public void Without_scaling_nothing_beyond_65535_octets_is_taken_however_large_the_buffer(int offset, bool isTaken)
    {
        Peer peer = Peer.Established(TcpSettings.Default with { ReceiveBuffer = 1 << 20 }, options: Peer.Mss());
        peer.Give(ControlBits.Ack, seq: 1 + offset, length: 1);
        Assert.Equal(isTaken ? DropReason.None : DropReason.OutsideWindow, peer.Reason);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(255)]
    [Requirement("7323-4")]
    public void A_shift_of_more_than_fourteen_is_taken_for_fourteen(int shift)
    {
        Peer peer = Peer.Established(options: WindowTests.Scaled((byte)shift), window: 1);
        Assert.Equal((14, 1u << 14), (peer.Subject.Status.SendWindowShift, peer.Subject.Status.SendWindow));
    }

    [Fact]
    [Requirement("7323-6")]
    public void An_edge_that_seems_to_move_back_by_less_than_a_step_does_no_harm()
    {
        Peer peer = Peer.Established(options: WindowTests.Scaled(7), window: 10);
        Assert.Equal("ACK 1+1280 ack 1", peer.Send(2000));
        peer.Give(ControlBits.Ack, ack: 101, window: 9);
        Assert.Equal("ACK 101+1180 ack 1", peer.Pass(0.6));
        Assert.Contains("ACK 1281+", peer.Give(ControlBits.Ack, ack: 1281, window: 10), StringComparison.Ordinal);
    }
}
