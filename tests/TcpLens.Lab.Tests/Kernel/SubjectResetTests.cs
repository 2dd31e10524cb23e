using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Resets, challenges and ICMP errors, of our stack and of the kernel.</summary>
public sealed class SubjectResetTests
{
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    public void What_no_socket_explains_is_answered_with_a_reset_that_its_sender_can_believe(string subject)
    {
        using Wire wire = Wire.To(subject);
        wire.Give(ControlBits.Syn, seq: 0, length: 10);
        Assert.Equal("RST+ACK 0 ack 11", wire.Next());
        wire.Give(ControlBits.Fin, seq: 0);
        Assert.Equal("RST+ACK 0 ack 1", wire.Next());
        wire.Give(ControlBits.Ack, seq: 0, ack: 77, length: 10);
        Assert.Equal("RST 77", wire.Next());
        wire.Give(ControlBits.Rst, seq: 0);
        wire.Quiet();
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5961-1", "5961-3", "5961-4")]
    public void A_reset_is_ignored_outside_of_the_window_and_challenged_inside(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Rst, seq: 0);
        wire.Give(ControlBits.Rst, seq: 3_000_000);
        wire.Quiet();
        wire.Give(ControlBits.Rst, seq: 100);
        Assert.Equal("ACK 1 ack 1", wire.Next());
        Assert.Equal(TcpState.Established, wire.Socket.State);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5961-2", "MUST-12", "SHLD-2")]
    public void A_reset_of_exactly_the_next_number_ends_it_with_data_or_without(string subject)
    {
        foreach (int length in (int[])[0, 20])
        {
            using Wire wire = Wire.Established(subject);
            wire.Give(ControlBits.Rst, seq: 1, length: length);
            wire.AwaitState(TcpState.Closed);
            Assert.Equal(ConnectionError.Reset, wire.Socket.Error);
            wire.Quiet();
        }
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5961-5")]
    public void A_SYN_of_any_number_is_challenged(string subject)
    {
        using Wire wire = Wire.Established(subject);
        foreach (int seq in (int[])[0, 1, 500, -70_000, 3_000_000])
        {
            wire.Give(ControlBits.Syn, seq: seq);
            Assert.Equal("ACK 1 ack 1", wire.Next());
        }

        Assert.Equal(TcpState.Established, wire.Socket.State);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5961-6", "MAY-12")]
    public void Data_that_acknowledges_what_was_not_sent_is_challenged_and_dropped(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Give(ControlBits.Ack, seq: 1, ack: 1000, length: 10);
        Assert.Equal("ACK 1 ack 1", wire.Next());
        wire.Give(ControlBits.Ack, seq: 1, ack: -200_000, length: 10);
        Assert.Equal("ACK 1 ack 1", wire.Next());
        Assert.Equal(0, wire.Socket.Readable);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5961-8", "MUST-22")]
    public void In_SYN_SENT_a_reset_counts_when_it_acknowledges_the_SYN(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.Give(ControlBits.Rst, seq: 0);
        wire.Give(ControlBits.Rst | ControlBits.Ack, seq: 0, ack: 0);
        wire.Give(ControlBits.Rst | ControlBits.Ack, seq: 0, ack: 2);

        // An ACK of the number before its SYN makes the kernel send that again at once.
        while (wire.Next(0.15) is var said && said != "nothing")
        {
            Assert.Equal("SYN 0", said);
        }

        Assert.Equal(TcpState.SynSent, wire.Socket.State);
        wire.Give(ControlBits.Rst | ControlBits.Ack, seq: 0, ack: 1);
        wire.AwaitState(TcpState.Closed);
        Assert.Equal(ConnectionError.Refused, wire.Socket.Error);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    public void In_SYN_SENT_an_ACK_of_another_number_is_answered_with_a_reset(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.Give(ControlBits.Syn | ControlBits.Ack, seq: 0, ack: 700);
        Assert.Equal("RST 700", wire.Next());
    }

    /// <summary>Linux: any unreachable ends an attempt at once, soft or hard.</summary>
    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-54", "MUST-56", "SHLD-25", "MUST-47")]
    public void A_soft_error_ends_no_attempt_but_the_kernels(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.GiveIcmp(3, 1);
        if (wire.IsKernel)
        {
            wire.AwaitState(TcpState.Closed);
            Assert.Equal(ConnectionError.HostUnreachable, wire.Socket.Error);
        }
        else
        {
            Assert.Equal("SYN 0", wire.Next(3));
            Assert.Equal(TcpState.SynSent, wire.Socket.State);
        }
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("MUST-54", "SHLD-26")]
    public void A_hard_error_ends_an_attempt(string subject)
    {
        using Wire wire = Wire.Called(subject);
        wire.GiveIcmp(3, 3);
        wire.AwaitState(TcpState.Closed);
        Assert.Equal(ConnectionError.Refused, wire.Socket.Error);
    }

    [RootTheory]
    [MemberData(nameof(Wire.Both), MemberType = typeof(Wire))]
    [Requirement("5927-1", "MUST-55", "MUST-56")]
    public void No_ICMP_error_ends_a_connection(string subject)
    {
        using Wire wire = Wire.Established(subject);
        wire.Socket.Send(100);
        Assert.Equal("PSH+ACK 1+100 ack 1", wire.Next());
        foreach ((byte type, byte code) in ((byte, byte)[])[(3, 0), (3, 1), (3, 2), (3, 3), (4, 0), (11, 0), (12, 0)])
        {
            wire.GiveIcmp(type, code);
        }

        Assert.Equal(TcpState.Established, wire.Socket.State);
        wire.Give(ControlBits.Ack, ack: 101, length: 10);
        wire.AwaitReadable(10);
    }
}
