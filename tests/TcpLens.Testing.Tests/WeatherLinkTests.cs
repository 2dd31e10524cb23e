using System.Net;
using TcpLens.Protocol;

namespace TcpLens.Testing.Tests;

/// <summary>Each weather must be seen by the kernels at the ends of the link, in their own counters.</summary>
public sealed class WeatherLinkTests : IDisposable
{
    private readonly Ends? _ends = Environment.IsPrivilegedProcess ? new Ends() : null;

    private WeatherLink Link => _ends!.Link;

    private Puppet Client => _ends!.Client;

    private Puppet Server => _ends!.Server;

    public void Dispose() => _ends?.Dispose();

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_fair_weather_every_packet_arrives_as_it_was(bool isV6)
    {
        Connect(isV6);

        Transfer(2_000_000);

        WeatherCounters counters = Link.Counters(LinkSide.Right);
        Assert.True(counters.Forwarded > 100);
        Assert.Equal(new WeatherCounters { Forwarded = counters.Forwarded }, counters);
        Assert.Equal(0, AtServer("Tcp", "InErrs"));
    }

    [RootFact]
    public void Loss_makes_the_sender_send_again()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Loss = 0.1 });

        Transfer(200_000);

        Assert.True(AtClient("Tcp", "RetransSegs") > 0);
        Assert.True(Link.Counters(LinkSide.Right).Lost > 0);
        Assert.Equal(0, Link.Counters(LinkSide.Left).Lost);
    }

    [RootFact]
    public void A_black_hole_swallows_large_packets_and_lets_small_ones_pass()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { SwallowAbove = 1200 });

        Transfer(1000);
        Client.Send("c", 20_000);

        Until.True(() => Link.Counters(LinkSide.Right).Swallowed >= 3 && AtClient("Tcp", "RetransSegs") > 0, "large segments must be lost again and again");
        Assert.Equal("EAGAIN", Server.Try(s => s.ReceiveNow("s", 1)));
    }

    [RootFact]
    public void A_bit_that_flips_is_noticed_by_the_checksum()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Corrupt = 0.2 });

        Transfer(200_000);

        Assert.True(AtServer("Tcp", "InCsumErrors") > 0);
        Until.True(() => AtServer("Tcp", "InCsumErrors") == Link.Counters(LinkSide.Right).Corrupted, "every flipped bit must be noticed");
    }

    [RootFact]
    public void Delay_is_in_the_round_trip_time()
    {
        Link.Set(new Weather { Delay = TimeSpan.FromMilliseconds(40), Jitter = TimeSpan.FromMilliseconds(5) });
        Connect();

        Transfer(1000);

        Assert.True(RoundTripMilliseconds() >= 80, $"{RoundTripMilliseconds()} ms");
    }

    [RootFact]
    public void Overtaken_segments_wait_in_the_queue_for_out_of_order_data()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Reorder = 0.05, ReorderBy = TimeSpan.FromMilliseconds(5) });

        Transfer(500_000);

        Assert.True(AtServer("TcpExt", "TCPOFOQueue") > 0);
    }

    [RootFact]
    public void Duplicates_are_reported_back_by_dsack()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Duplicate = 0.2 });

        Transfer(200_000);

        Assert.True(AtServer("TcpExt", "TCPDSACKOldSent") > 0);
        Assert.True(Link.Counters(LinkSide.Right).Duplicated > 0);
    }

    [RootFact]
    public void A_long_queue_before_a_slow_link_becomes_round_trip_time()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Rate = 4000, Queue = 100_000 }); // 200 ms when full
        Server.Drain("s");

        Client.SendUntilFull("c");

        Until.True(() => RoundTripMilliseconds() >= 50, "the queue must be felt");
    }

    [RootFact]
    public void A_short_queue_before_a_slow_link_overflows()
    {
        Connect();
        Link.Set(LinkSide.Right, new Weather { Rate = 20_000, Queue = 10_000 });

        Transfer(300_000);

        Assert.True(Link.Counters(LinkSide.Right).Overflowed > 0);
        Assert.True(AtClient("Tcp", "RetransSegs") > 0);
    }

    [RootFact]
    public void In_silence_a_connect_stays_in_syn_sent_until_the_weather_is_fair()
    {
        IPEndPoint at = Server.Listen("l", new IPEndPoint(Link.RightAddress, 0));
        Link.Set(LinkSide.Left, Weather.Silence);

        Client.BeginConnect("c", at);
        Until.True(() => Link.Counters(LinkSide.Left).Lost > 0, "the SYN-ACK must be lost");
        Assert.Equal(TcpState.SynSent, Client.State("c"));

        Link.Set(LinkSide.Left, Weather.Fair);
        Client.WaitFor("c", TcpState.Established);
    }

    [RootFact]
    public void What_is_held_arrives_when_the_hold_ends()
    {
        Connect();
        Link.Hold(TimeSpan.FromMinutes(1));

        Client.Send("c", 10);
        Assert.Equal("EAGAIN", Server.Try(s => s.ReceiveNow("s", 10)));
        Link.Hold(TimeSpan.Zero);

        Assert.Equal(10, Server.ReceiveAll("s", 10));
    }

    [RootFact]
    public void The_devices_go_with_the_link()
    {
        Assert.Contains(Link.Device, _ends!.Left.Execute("ip", "link").Output);

        Link.Dispose();

        Until.True(() => !_ends.Left.Execute("ip", "link").Output.Contains(Link.Device), "the device must go");
    }

    private void Connect(bool isV6 = false)
    {
        IPEndPoint at = Server.Listen("l", new IPEndPoint(isV6 ? Link.RightAddressV6 : Link.RightAddress, 0));
        Client.Connect("c", at);
        Server.Accept("s", "l");
    }

    private void Transfer(int octets)
    {
        Task<long> sent = Task.Run(() => Client.Send("c", octets));
        Assert.Equal(octets, Server.ReceiveAll("s", octets));
        Assert.Equal(octets, sent.Result);
    }

    private double RoundTripMilliseconds()
    {
        string word = _ends!.Left.Execute("ss", "-tniH").Output.Split(' ').Single(word => word.StartsWith("rtt:", StringComparison.Ordinal));
        return double.Parse(word["rtt:".Length..word.IndexOf('/')]);
    }

    private long AtClient(string group, string name) => KernelCounter.Read(_ends!.Left, group, name);

    private long AtServer(string group, string name) => KernelCounter.Read(_ends!.Right, group, name);

    private sealed class Ends : IDisposable
    {
        public Ends()
        {
            Link = new WeatherLink(Left, Right);
            (Client, Server) = (new Puppet(Left), new Puppet(Right));
        }

        public TestNamespace Left { get; } = new();

        public TestNamespace Right { get; } = new();

        public WeatherLink Link { get; }

        public Puppet Client { get; }

        public Puppet Server { get; }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
            Link.Dispose();
            Left.Dispose();
            Right.Dispose();
        }
    }
}
