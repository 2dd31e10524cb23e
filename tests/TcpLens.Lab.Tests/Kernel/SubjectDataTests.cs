using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Data, windows, timestamps and SACK, of our stack and of the kernel.</summary>
public sealed class SubjectDataTests
{
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-40", "SHLD-18", "5681-12")]
    public void A_lone_segment_is_acknowledged_within_half_a_second(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Ack, length: 100);
        Assert.Equal("ACK 1 ack 101", wire.Next(0.5));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("SHLD-19", "5681-12", "5681-13")]
    public void Every_second_full_segment_is_acknowledged(string subject)
    {
        using Wire wire = Wire.Established(subject);
        int acknowledged = 1, acks = 0;
        for (int i = 1; i <= 40; i++)
        {
            wire.Give(ControlBits.Ack, length: 1460);
            while (wire.Next(i % 2 == 0 ? 0.02 : 0.001) != "nothing")
            {
                acknowledged = wire.Last.Fields.Acknowledgment - new SeqNum(uint.MaxValue - 300);
                acks++;
            }

            wire.Socket.Receive(1460);
            Assert.True(1 + (i * 1460) - acknowledged <= 2 * 1460, $"{acknowledged} after {i}");
        }

        Assert.InRange(acks, 19, 41);
    }

    /// <summary>Linux remembers the four ranges it told of last, and not how far what lies beyond reaches.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MAY-13", "SHLD-31", "5681-11", "2018-2", "2018-3", "2018-4")]
    public void What_comes_out_of_order_is_held_answered_at_once_and_told_latest_first_but_the_kernel_knows_four_ranges_only(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.SackPermitted));
        (int Seq, string Blocks)[] steps =
        [
            (101, "101-201"), (301, "301-401 101-201"), (501, "501-601 301-401 101-201"), (701, "701-801 501-601 301-401 101-201"),
            (901, "901-1001 701-801 501-601 301-401"), (201, (wire.IsKernel ? "2" : "1") + "01-401 901-1001 701-801 501-601"),
        ];
        foreach ((int seq, string blocks) in steps)
        {
            wire.Give(ControlBits.Ack, seq: seq, length: 100);
            Assert.Equal(("ACK 1 ack 1", blocks), (wire.Next(0.5), wire.Sack()));
        }

        Assert.Equal(0, wire.Socket.Readable);
        wire.Give(ControlBits.Ack, seq: 1, length: 100);
        Assert.Equal(("ACK 1 ack 401", "901-1001 701-801 501-601"), (wire.Next(0.5), wire.Sack()));
        wire.AwaitReadable(400);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("2883-1")]
    public void What_came_twice_is_told_first(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.SackPermitted));
        wire.Give(ControlBits.Ack, length: 500);
        Assert.Equal("ACK 1 ack 501", wire.Next(0.5));
        wire.Give(ControlBits.Ack, seq: 101, length: 100);
        Assert.Equal(("ACK 1 ack 501", "101-201"), (wire.Next(0.5), wire.Sack()));
        wire.Give(ControlBits.Ack, seq: 601, length: 300);
        Assert.Equal(("ACK 1 ack 501", "601-901"), (wire.Next(0.5), wire.Sack()));
        wire.Give(ControlBits.Ack, seq: 701, length: 100);
        Assert.Equal(("ACK 1 ack 501", "701-801 601-901"), (wire.Next(0.5), wire.Sack()));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("7323-5", "7323-1")]
    public void A_window_is_shifted_and_a_shift_outside_of_a_SYN_is_ignored(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.WindowScale, scale: 3), window: 100);
        wire.Give(ControlBits.Ack, window: 100, options: new() { Present = SegmentOptionSet.WindowScale, WindowScale = new(9) });
        wire.Socket.Send(5000);
        Assert.Equal(800, wire.Flight());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("7323-4")]
    public void A_shift_beyond_fourteen_is_fourteen(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.GiveOctets(ControlBits.Syn, [2, 4, 0x05, 0xb4, 1, 3, 3, 30], window: 1);
        Assert.Equal("SYN+ACK 0 ack 1", wire.Next());
        wire.Give(ControlBits.Ack, window: 1);
        wire.Subject.Accept().Send(20_000);
        Assert.Equal("ACK 1+1460 ack 1", wire.Next());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("7323-8", "7323-11")]
    public void Every_segment_echoes_the_timestamp_of_the_segment_that_its_ACK_is_for(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.Timestamps, timestamp: 1000));
        wire.Give(ControlBits.Ack, length: 100, options: Wire.Timestamp(1010));
        Assert.Equal(("ACK 1 ack 101", 1010u), (wire.Next(0.5), wire.Last.Options.TimestampEcho));
        wire.Give(ControlBits.Ack, seq: 301, length: 100, options: Wire.Timestamp(1040));
        Assert.Equal(("ACK 1 ack 101", 1010u), (wire.Next(0.5), wire.Last.Options.TimestampEcho));
        wire.Give(ControlBits.Ack, seq: 101, length: 200, options: Wire.Timestamp(1030));
        Assert.Equal(("ACK 1 ack 401", 1030u), (wire.Next(0.5), wire.Last.Options.TimestampEcho));
        wire.Socket.Receive(400);
        wire.Socket.Send(10);
        Assert.Equal(("PSH+ACK 1+10 ack 401", true), (wire.Next(), wire.Last.Options.Has(SegmentOptionSet.Timestamps)));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("7323-14", "7323-16")]
    public void A_segment_that_is_older_than_the_last_is_answered_and_dropped_but_not_a_reset(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.Timestamps, timestamp: 100_000));
        wire.Give(ControlBits.Ack, seq: 1, length: 10, options: Wire.Timestamp(90_000));
        Assert.Equal("ACK 1 ack 1", wire.Next(0.5));
        Assert.Equal(0, wire.Socket.Readable);
        wire.Give(ControlBits.Rst, seq: 1, options: Wire.Timestamp(90_000));
        wire.AwaitState(TcpState.Closed);
    }

    /// <summary>Linux takes it, as RFC 7323 allows where robustness is preferred.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("7323-9")]
    public void A_segment_without_the_timestamp_that_was_agreed_is_dropped_but_by_the_kernel(string subject)
    {
        using Wire wire = Wire.Established(subject, Wire.With(SegmentOptionSet.Timestamps, timestamp: 1000));
        wire.Give(ControlBits.Ack, seq: 1, length: 10);
        if (wire.IsKernel)
        {
            wire.AwaitReadable(10);
        }
        else
        {
            wire.Quiet();
            Assert.Equal(0, wire.Socket.Readable);
        }
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("SHLD-7", "MUST-17", "MAY-16")]
    public void A_small_segment_waits_for_the_ACK_of_another_unless_the_program_says_no(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Send(10);
        Assert.Equal("PSH+ACK 1+10 ack 1", wire.Next());
        wire.Socket.Send(20);
        wire.Socket.Send(30);
        wire.Quiet(0.1);
        wire.Give(ControlBits.Ack, ack: 11);
        Assert.Equal("PSH+ACK 11+50 ack 1", wire.Next());
        wire.Socket.Choose(Choice.NoDelay, 1);
        wire.Socket.Send(5);
        Assert.Equal("PSH+ACK 61+5 ack 1", wire.Next());
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-60")]
    public void What_CORK_keeps_back_leaves_by_itself(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Choose(Choice.Cork, 1);
        wire.Socket.Send(10);
        wire.Quiet(0.1);
        Assert.EndsWith("ACK 1+10 ack 1", wire.Next(1), StringComparison.Ordinal);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-30", "MUST-62")]
    public void The_urgent_pointer_leads_to_the_octet_after_the_urgent_data(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Send(10, isUrgent: true);
        Assert.Equal("PSH+ACK+URG 1+10 ack 1", wire.Next());
        Assert.Equal(10, wire.Last.Fields.UrgentPointer);
    }

    /// <summary>Linux takes the last urgent octet out of the stream.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-30", "MUST-62")]
    public void Urgent_octets_stay_in_the_stream_but_one_of_the_kernels(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Ack | ControlBits.Urg, length: 10, urgent: 10);
        wire.Next(0.5);
        if (wire.IsKernel)
        {
            wire.Socket.Receive(9);
            Assert.Equal(0, wire.Socket.Readable);
        }
        else
        {
            wire.Socket.Receive(10);
        }
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-34", "SHLD-15")]
    public void Nothing_new_is_sent_into_a_window_that_shrank(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Send(4380);
        Assert.Equal("ACK 1+1460 ack 1", wire.Next());
        Assert.Equal("ACK 1461+1460 ack 1", wire.Next());
        Assert.Equal("PSH+ACK 2921+1460 ack 1", wire.Next());
        wire.Give(ControlBits.Ack, ack: 1461, window: 1460);
        wire.Socket.Send(3000);
        wire.Quiet(0.1);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-48", "MUST-49", "SHLD-21", "SHLD-22")]
    public void Diffserv_and_TTL_are_as_the_program_says(string subject)
    {
        using Wire wire = Wire.Established(subject);
        Assert.Equal(64, wire.Last.TimeToLive);
        wire.Socket.Choose(Choice.TimeToLive, 7);
        wire.Socket.Choose(Choice.DiffServ, 46);
        wire.Socket.Send(10);
        wire.Next();
        Assert.Equal((7, 46), (wire.Last.TimeToLive, wire.Last.DiffServ));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("3168-2")]
    public void A_mark_of_congestion_is_echoed_until_the_peer_says_CWR(string subject)
    {
        using Wire wire = Wire.Listening(subject);
        wire.Give(ControlBits.Syn | ControlBits.Ece | ControlBits.Cwr, options: Wire.Mss());
        Assert.Equal("SYN+ACK+ECE 0 ack 1", wire.Next());
        wire.Give(ControlBits.Ack);
        wire.Subject.Accept();
        wire.Give(ControlBits.Ack, length: 10, ecn: EcnCodepoint.CongestionExperienced);
        Assert.Equal("ACK+ECE 1 ack 11", wire.Next(0.5));
        wire.Give(ControlBits.Ack, length: 10, ecn: EcnCodepoint.Ect0);
        Assert.Equal("ACK+ECE 1 ack 21", wire.Next(0.5));
        wire.Give(ControlBits.Ack | ControlBits.Cwr, length: 10, ecn: EcnCodepoint.Ect0);
        Assert.Equal("ACK 1 ack 31", wire.Next(0.5));
    }

    /// <summary>Linux may wait until it can send more at once (TSO deferral), and then nothing leaves before the third.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5681-8", "5681-9", "3042-1")]
    public void Two_duplicates_let_two_new_segments_out_and_the_third_has_the_first_sent_again(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Send(16 * 1460);
        for (int i = 0; i < 10; i++)
        {
            Assert.EndsWith($"ACK {1 + (i * 1460)}+1460 ack 1", wire.Next(), StringComparison.Ordinal);
        }

        wire.Give(ControlBits.Ack, ack: 1);
        wire.Give(ControlBits.Ack, ack: 1);
        int fresh = wire.Flight();
        Assert.True(fresh == 2 * 1460 || wire.IsKernel, $"{fresh}");
        wire.Give(ControlBits.Ack, ack: 1);
        string said;
        do
        {
            said = wire.Next(0.15);
        }
        while (said is not ("ACK 1+1460 ack 1" or "nothing"));
        Assert.Equal("ACK 1+1460 ack 1", said);
    }
}
