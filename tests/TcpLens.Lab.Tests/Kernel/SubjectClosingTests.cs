using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Closing and timers, of our stack and of the kernel.</summary>
public sealed class SubjectClosingTests
{
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-12")]
    public void A_FIN_is_acknowledged_and_is_no_error(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Fin | ControlBits.Ack, length: 10);
        Assert.Equal("ACK 1 ack 12", wire.Next(0.5));
        Assert.Equal((TcpState.CloseWait, ConnectionError.None, 10), (wire.Socket.State, wire.Socket.Error, wire.Socket.Readable));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MAY-1")]
    public void Half_a_close_leaves_the_other_direction_open(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.CloseSending();
        Assert.Equal("FIN+ACK 1 ack 1", wire.Next());
        wire.Give(ControlBits.Ack, length: 10);
        wire.AwaitReadable(10);
        Assert.Equal(TcpState.FinWait2, wire.Socket.State);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    public void Both_ends_may_close_at_once(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.CloseSending();
        Assert.Equal("FIN+ACK 1 ack 1", wire.Next());
        wire.Give(ControlBits.Fin | ControlBits.Ack, ack: 1);
        Assert.Equal("ACK 2 ack 2", wire.Next(0.5));
        Assert.Equal(TcpState.Closing, wire.Socket.State);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("SHLD-3")]
    public void Data_that_closing_loses_is_answered_with_a_reset(string subject)
    {
        using (Wire unread = Wire.Established(subject))
        {
            unread.Give(ControlBits.Ack, length: 10);
            unread.AwaitReadable(10);
            unread.Socket.Close();
            while (unread.Next() is var said && !unread.Last.Has(ControlBits.Rst))
            {
                Assert.Equal("ACK 1 ack 11", said);
            }

            Assert.Equal(unread.Number(1), unread.Last.Fields.Sequence);
        }

        using Wire late = Wire.Established(subject);
        late.Socket.Close();
        Assert.Equal("FIN+ACK 1 ack 1", late.Next());
        late.Give(ControlBits.Ack, length: 10);
        late.Next();
        Assert.True(late.Last.Has(ControlBits.Rst));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-13")]
    public void In_TIME_WAIT_the_FIN_again_is_answered_again(string subject)
    {
        using Wire wire = InTimeWait(subject);
        wire.Give(ControlBits.Fin | ControlBits.Ack, seq: 1);
        Assert.Equal("ACK 2 ack 2", wire.Next(0.5));
    }

    /// <summary>Linux forgets the connection unless tcp_rfc1337 is 1.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("1337-1")]
    public void A_reset_does_not_end_TIME_WAIT_but_the_kernels(string subject)
    {
        using Wire wire = InTimeWait(subject);
        wire.Give(ControlBits.Rst, seq: 2);
        wire.Quiet();
        wire.Give(ControlBits.Fin | ControlBits.Ack, seq: 1);
        Assert.Equal(wire.IsKernel ? "RST 2" : "ACK 2 ack 2", wire.Next(0.5));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MAY-2", "6191-2", "6191-3", "1122-1")]
    public void A_SYN_beyond_the_last_number_opens_anew_and_an_old_one_is_answered(string subject)
    {
        using Wire wire = InTimeWait(subject);
        wire.Give(ControlBits.Syn, seq: 1, options: Wire.Mss());
        Assert.Equal("ACK 2 ack 2", wire.Next(0.5));
        wire.Give(ControlBits.Syn, seq: 100_000, options: Wire.Mss());
        string answer = wire.Next(0.5);
        Assert.StartsWith("SYN+ACK ", answer, StringComparison.Ordinal);
        Assert.EndsWith(" ack 100001", answer, StringComparison.Ordinal);
        Assert.True(wire.Last.Fields.Sequence.IsAfter(wire.Number(2)));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("6191-1", "SHLD-4")]
    public void So_does_one_with_a_newer_timestamp_whatever_its_number(string subject)
    {
        using Wire wire = InTimeWait(subject, Wire.With(SegmentOptionSet.Timestamps, timestamp: 100_000));
        wire.Give(ControlBits.Syn, seq: -5000, options: Wire.With(SegmentOptionSet.Timestamps, timestamp: 102_000));
        Assert.StartsWith("SYN+ACK ", wire.Next(0.5), StringComparison.Ordinal);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-24", "MUST-27", "SHLD-12", "1122-2", "MUST-29")]
    public void A_keep_alive_is_one_number_back_without_octets(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Choose(Choice.KeepAliveAfter, 1);
        Assert.Equal("ACK 0 ack 1", wire.Next(5));
        wire.Give(ControlBits.Ack);
        Assert.Equal("ACK 0 ack 1", wire.Next(5));
        Assert.Equal(TcpState.Established, wire.Socket.State);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("1122-2", "MAY-6")]
    public void A_keep_alive_is_answered(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Ack, seq: 0);
        Assert.Equal("ACK 1 ack 1", wire.Next(0.5));
        wire.Give(ControlBits.Ack, seq: 0, length: 1);
        Assert.Equal("ACK 1 ack 1", wire.Next(0.5));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-21", "UTO-L", "MUST-20")]
    public void A_user_timeout_ends_what_nobody_acknowledges(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Choose(Choice.UserTimeout, 1);
        wire.Socket.Send(10);
        wire.AwaitState(TcpState.Closed);
        Assert.Equal(ConnectionError.TimedOut, wire.Socket.Error);
    }

    /// <summary>Linux's probe has no octets and the number before SND.UNA; ours is the RFC's, with one octet (TcpSettings.WindowProbe chooses).</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-36", "SHLD-29", "SHLD-30", "MUST-37")]
    public void A_closed_window_is_probed_ever_more_rarely_and_used_when_it_opens(string subject)
    {
        using Wire wire = Wire.Established(subject, window: 0);
        wire.Socket.Send(100);
        string probe = wire.IsKernel ? "ACK 0 ack 1" : "ACK 1+1 ack 1";
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(probe, wire.Next(3));
            wire.Give(ControlBits.Ack, ack: 1, window: 0);
        }

        wire.Quiet(0.1);
        wire.Give(ControlBits.Ack, ack: 1);
        Assert.Equal("PSH+ACK 1+100 ack 1", wire.Next(0.5));
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-66")]
    public void A_reset_counts_though_the_window_is_closed(string subject)
    {
        using Wire wire = Wire.Established(subject);
        int sent = 1;
        for (int i = 0; i < 4000 && (i < 10 || wire.Last.Window > 0); i++)
        {
            wire.Give(ControlBits.Ack, length: 1400);
            sent += 1400;
            while (wire.Next(0.001) != "nothing")
            {
            }
        }

        wire.Next(0.5);
        int next = wire.Last.Fields.Acknowledgment - new SeqNum(uint.MaxValue - 300);
        wire.Give(ControlBits.Rst, seq: next);
        wire.AwaitState(TcpState.Closed);
    }

    private static Wire InTimeWait(string subject, SegmentOptions? options = null)
    {
        Wire wire = Wire.Established(subject, options);
        wire.Socket.Close();
        Assert.Equal("FIN+ACK 1 ack 1", wire.Next());
        wire.Give(ControlBits.Fin | ControlBits.Ack, options: options is null ? null : Wire.Timestamp(100_001));
        Assert.Equal("ACK 2 ack 2", wire.Next(0.5));
        return wire;
    }
}
