using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Addresses and ports of opens (RFC 9293 §3.9.1.1 and §3.9.2.3).</summary>
public sealed class AddressTests
{
    [Fact]
    [Requirement("MUST-41")]
    public void A_second_passive_open_fails_and_disturbs_nothing()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        (HostConnection client, HostConnection server) = pair.Open(listener);
        Assert.Equal(HostError.AddressInUse, pair.Server.TryListen(Pair.At("::", 80), ListenOptions.Default, out HostListener? second));
        Assert.Null(second);
        client.Send([1, 2, 3], pair.Now);
        pair.Run(pair.Delay * 4);
        Assert.Equal(3, server.Readable);
        pair.Open(listener);
    }

    [Fact]
    [Requirement("MUST-42")]
    public void A_port_can_be_listened_on_while_connections_from_it_are_being_opened()
    {
        var pair = new Pair();
        Assert.Equal(HostError.None, pair.Server.TryConnect(
            Pair.At("10.0.0.9", 9), new() { Local = Pair.At("10.0.0.2", 80) }, pair.Now, out HostConnection? opening));
        pair.Run(TimeSpan.Zero);
        HostListener listener = pair.Listen(80);
        pair.Open(listener);
        Assert.Equal(TcpState.SynSent, opening!.State);
    }

    [Fact]
    [Requirement("MUST-43", "MUST-44", "MUST-45")]
    public void A_local_address_may_be_given_is_chosen_when_not_and_stays()
    {
        HostAddress[] addresses = [HostAddress.Parse("10.0.0.1")!.Value, HostAddress.Parse("10.0.0.11")!.Value];
        var pair = new Pair(client: settings => settings with { Addresses = addresses });
        HostListener listener = pair.Listen(80, address: "10.0.0.2");
        Assert.Equal(Pair.At("10.0.0.2", 80), listener.Local);

        HostConnection chosen = pair.Connect(80);
        Assert.Equal(addresses[0], chosen.Local.Address);
        HostConnection given = pair.Connect(80, from: Pair.At("10.0.0.11", 0));
        Assert.Equal(addresses[1], given.Local.Address);
        pair.Run(pair.Delay * 4);
        Assert.True(listener.TryAccept(out _) && listener.TryAccept(out _));
        pair.Sent.Clear();
        given.Send(new byte[30_000], pair.Now);
        pair.Run(pair.Delay * 40);
        given.Close(pair.Now);
        pair.Run(pair.Delay * 4);
        Assert.All(pair.Sent.Where(packet => packet.From == pair.Client), static packet =>
        {
            Assert.Equal(DropReason.None, IncomingPacket.Read(packet.Octets, out IncomingPacket read));
            Assert.Equal(HostAddress.Parse("10.0.0.11"), read.Source);
        });
        Assert.Equal(HostError.AddressNotAvailable, pair.Client.TryConnect(
            Pair.At("10.0.0.2", 80), new() { Local = Pair.At("10.0.0.99", 0) }, pair.Now, out _));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    [Requirement("MUST-46")]
    public void Nobody_is_called_where_no_host_can_be(string address)
    {
        var pair = new Pair();
        Assert.Equal(HostError.InvalidRemote, pair.Client.TryConnect(Pair.At(address, 80), default, pair.Now, out HostConnection? connection));
        Assert.Null(connection);
        pair.Run(TimeSpan.Zero);
        Assert.Empty(pair.Sent);
    }

    [Theory]
    [InlineData("10.0.0.1", "224.0.0.1")]
    [InlineData("10.0.0.1", "255.255.255.255")]
    [InlineData("10.0.0.1", "10.0.0.77")]
    [InlineData("2001:db8::1", "ff02::1")]
    [Requirement("MUST-57")]
    public void A_SYN_to_an_address_of_many_is_dropped_in_silence(string from, string to) => AssertIgnored(from, to);

    [Theory]
    [InlineData("224.0.0.1", "10.0.0.2")]
    [InlineData("255.255.255.255", "10.0.0.2")]
    [InlineData("0.0.0.0", "10.0.0.2")]
    [InlineData("10.0.0.2", "10.0.0.2")]
    [InlineData("ff02::1", "2001:db8::2")]
    [InlineData("::", "2001:db8::2")]
    [Requirement("MUST-63")]
    public void A_SYN_from_an_address_that_no_host_has_is_ignored(string from, string to) => AssertIgnored(from, to);

    private static void AssertIgnored(string from, string to)
    {
        var pair = new Pair();
        pair.Listen(80);
        Assert.Equal(DropReason.BadAddress, pair.Forge(pair.Server, Forged.Segment(Pair.At(from, 1000), Pair.At(to, 80), ControlBits.Syn)));
        Assert.Equal((0, 0), (pair.Sent.Count, pair.Server.HalfOpen));
    }
}
