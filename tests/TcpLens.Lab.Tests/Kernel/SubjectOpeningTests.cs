using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Opening, and what the SYNs agree on, of our stack and of the kernel.</summary>
public sealed class SubjectOpeningTests
{
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-14", "MUST-67", "SHLD-5", "7323-2", "7323-7", "2018-1")]
    public void A_SYN_is_answered_with_an_MSS_and_with_what_it_offered_and_nothing_else(string subject)
    {
        const SegmentOptionSet mss = SegmentOptionSet.MaximumSegmentSize;
        foreach (SegmentOptionSet offered in (SegmentOptionSet[])[default, SegmentOptionSet.WindowScale, SegmentOptionSet.Timestamps, SegmentOptionSet.SackPermitted])
        {
            using Wire wire = Wire.Listening(subject);
            wire.Give(ControlBits.Syn, options: Wire.With(offered, scale: 7, timestamp: 1000));
            Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
            Assert.Equal((mss | offered, (ushort)1460), (wire.Last.Options.Present, wire.Last.Options.MaximumSegmentSize));
        }
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-14", "MUST-67", "7323-3", "7323-10")]
    public void A_SYN_of_its_own_offers_everything_and_its_window_is_not_scaled(string subject)
    {
        using Wire wire = Wire.Called(subject);
        Assert.Equal(
            SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.WindowScale | SegmentOptionSet.Timestamps | SegmentOptionSet.SackPermitted,
            wire.Last.Options.Present);
        Assert.Equal((1460, 0u), (wire.Last.Options.MaximumSegmentSize, wire.Last.Options.TimestampEcho));
        wire.Give(ControlBits.Syn | ControlBits.Ack, options: Wire.With(SegmentOptionSet.WindowScale, scale: 7), window: 1000);
        Assert.Equal("ACK 1 ack 1", wire.Next());
        wire.AwaitState(TcpState.Established);
        wire.Socket.Send(5000);
        Assert.Equal(1000, wire.Flight());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-15", "MUST-16", "SHLD-28", "MUST-61")]
    public void A_peer_that_names_no_MSS_gets_536_octets_in_a_segment_and_PSH_on_the_last(string subject)
    {
        using Wire wire = Wire.Established(subject, default(SegmentOptions));
        wire.Socket.Send(1200);
        Assert.Equal("ACK 1+536 ack 1", wire.Next());
        Assert.Equal("ACK 537+536 ack 1", wire.Next());
        Assert.Equal("PSH+ACK 1073+128 ack 1", wire.Next());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-14", "MUST-16")]
    public void A_peer_that_does_gets_as_much_less_the_options(string subject)
    {
        SegmentOptions options = Wire.With(SegmentOptionSet.Timestamps, timestamp: 7);
        options.MaximumSegmentSize = 1000;
        using Wire wire = Wire.Established(subject, options);
        wire.Socket.Send(3000);
        wire.Next();
        Assert.Equal(988, wire.Last.Payload.Length);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-4", "MUST-6", "MUST-64", "MUST-68")]
    public void Options_count_at_any_place_and_unknown_ones_are_passed_over(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.GiveOctets(ControlBits.Syn, [1, 77, 5, 2, 4, 9, 2, 4, 0x03, 0xe8, 0, 0]);
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
        wire.Give(ControlBits.Ack);
        wire.Subject.Accept().Send(2000);
        wire.Next();
        Assert.Equal(1000, wire.Last.Payload.Length);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-7")]
    public void An_illegal_length_is_survived(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.GiveOctets(ControlBits.Syn, [2, 4, 0x03, 0xe8, 99, 0, 3, 200]);
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
        wire.GiveOctets(ControlBits.Ack, [8, 1, 1, 1], length: 10);
        wire.Socket = wire.Subject.Accept();
        wire.AwaitReadable(10);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-50")]
    public void IP_options_are_stepped_over(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.GiveOctets(ControlBits.Syn, [2, 4, 0x05, 0xb4], ipOptions: [1, 1, 99, 4, 1, 2, 1, 0]);
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-10")]
    public void Both_ends_may_open_at_once(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.Give(ControlBits.Syn, options: Wire.Mss());
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
        wire.Give(ControlBits.Syn | ControlBits.Ack, seq: 0, options: Wire.Mss());
        wire.AwaitState(TcpState.Established);
        wire.Give(ControlBits.Ack, seq: 1, length: 10);
        wire.AwaitReadable(10);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-3")]
    public void A_wrong_checksum_is_dropped_in_silence(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.Give(ControlBits.Syn, seq: 0, options: Wire.Mss(), change: static packet => packet[36] ^= 1);
        wire.Quiet();
        wire.Give(ControlBits.Syn, seq: 0, options: Wire.Mss());
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-57", "MUST-63")]
    public void SYNs_to_or_from_addresses_that_no_host_has_are_ignored(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        foreach (uint source in (uint[])[0xe0000001, 0xffffffff])
        {
            wire.GiveOctets(ControlBits.Syn, [], seq: 0, source: source);
        }

        wire.GiveOctets(ControlBits.Syn, [], seq: 0, change: static packet => Redirect(packet, [224, 0, 0, 1]));
        wire.GiveOctets(ControlBits.Syn, [], seq: 0, change: static packet => Redirect(packet, [255, 255, 255, 255]));
        wire.Quiet();
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-18", "6298-1", "6298-9")]
    public void A_SYN_that_nobody_answers_comes_again_after_about_a_second(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.Quiet(0.5);
        Assert.Equal("SYN 0", wire.Next(3));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("3168-1", "SHLD-8")]
    public void ECN_is_agreed_to_and_new_data_is_marked_with_it(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.Give(ControlBits.Syn | ControlBits.Ece | ControlBits.Cwr, options: Wire.Mss());
        Assert.Equal("SYN+ACK+ECE 0 ack 1", wire.Next());
        wire.Give(ControlBits.Ack);
        wire.Subject.Accept().Send(10);
        Assert.Equal("PSH+ACK 1+10 ack 1", wire.Next());
        Assert.Equal(EcnCodepoint.Ect0, wire.Last.Ecn);
    }

    private static void Redirect(byte[] packet, byte[] destination)
    {
        destination.CopyTo(packet, 16);
        packet[10] = packet[11] = 0;
        ushort sum = (ushort)~InternetChecksum.Sum(packet.AsSpan(0, 20));
        (packet[10], packet[11]) = ((byte)(sum >> 8), (byte)sum);
        TcpFields.WriteChecksum(packet.AsSpan(20), packet.AsSpan(12, 8));
    }
}
