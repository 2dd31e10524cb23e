using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.SockDiag;

public sealed class DiagEntryReaderTests
{
    [Theory]
    [InlineData(TcpState.TimeWait, 3, false, SocketKind.TimeWait)]
    [InlineData(TcpState.FinWait2, 3, false, SocketKind.TimeWait)]
    [InlineData(TcpState.FinWait2, 0, true, SocketKind.Full)]
    [InlineData(TcpState.SynReceived, 1, false, SocketKind.Request)]
    [InlineData(TcpState.SynReceived, 1, true, SocketKind.Full)]
    [InlineData(TcpState.Established, 2, true, SocketKind.Full)]
    public void Mini_sockets_are_told_from_full_ones(TcpState state, byte timer, bool full, SocketKind expected)
        => Assert.Equal(expected, Read(DiagMessages.Entry(state, timer, full)).Kind);

    [Fact]
    public void A_bound_socket_that_does_nothing_is_closed()
    {
        byte[] message = DiagMessages.Entry(TcpState.Closed);
        message[17] = 13; // TCP_BOUND_INACTIVE
        Assert.Equal(TcpState.Closed, Read(message).State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(14)]
    public void A_state_nobody_knows_is_no_entry(byte number)
    {
        byte[] message = DiagMessages.Entry(TcpState.Established);
        message[17] = number;
        Assert.False(DiagEntryReader.TryRead(message.AsSpan(16), Transport.Tcp, 0, null, out _));
    }

    [Fact]
    public void What_the_kernel_does_not_say_is_null_and_not_zero()
    {
        var scratch = new DetailScratch();
        byte[] of232 = new byte[232];
        Read(DiagMessages.Entry(TcpState.Established, 0, true, (DiagAttribute.Info, of232)), scratch);

        TcpInfo info = Assert.IsType<TcpInfo>(scratch.Detail.Info);
        Assert.Equal(0u, info.SendWindowBytes);
        Assert.Null(info.ReceiveWindowBytes);
        Assert.Null(scratch.Detail.Memory);
        Assert.Null(Read(DiagMessages.Entry(TcpState.Established)).Mark);
    }

    [Fact]
    public void Every_length_of_tcp_info_is_read_as_far_as_it_goes()
    {
        for (int length = 0; length <= 300; length++)
        {
            var info = new TcpInfo();
            TcpInfoReader.Fill(info, Enumerable.Repeat((byte)1, length).ToArray(), TcpState.Established);
            Assert.Equal(length >= 72, info.RttMicroseconds is not null);
            Assert.Equal(length >= 208, info.BytesSent is not null);
            Assert.Equal(length >= 276, info.ReceivedCongestionMarkedBytes is not null);
        }
    }

    [Fact]
    public void A_syn_sent_socket_has_no_last_times_because_linux_never_set_them()
    {
        var info = new TcpInfo();
        TcpInfoReader.Fill(info, Enumerable.Repeat((byte)9, 280).ToArray(), TcpState.SynSent);
        Assert.Null(info.LastDataSentMilliseconds);
        Assert.NotNull(info.RttMicroseconds);
    }

    [Fact]
    public void The_drop_counter_is_the_ninth_number_of_the_memory()
    {
        byte[] octets = new byte[36];
        octets[32] = 5;
        Assert.Equal(5u, SocketMemoryReader.Read(octets).Drops);
        Assert.Equal(0u, SocketMemoryReader.Read(octets.AsSpan(0, 32)).Drops);
    }

    private static SocketEntry Read(byte[] message, DetailScratch? scratch = null)
    {
        Assert.True(DiagEntryReader.TryRead(message.AsSpan(16), Transport.Tcp, 0, scratch, out SocketEntry entry));
        return entry;
    }
}
