using System.Net;
using TcpLens.Protocol;

namespace TcpLens.Testing.Tests;

/// <summary>The kernel must take forged segments for real ones, and count what it thinks of them.</summary>
public sealed class ForgerTests : IDisposable
{
    private readonly Stage? _stage = Environment.IsPrivilegedProcess ? new Stage() : null;

    private Forger Forger => _stage!.Forger;

    private Puppet Client => _stage!.Client;

    private Puppet Server => _stage!.Server;

    public void Dispose() => _stage?.Dispose();

    [RootTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Forged_syns_become_half_open_connections_of_strangers(string address)
    {
        IPEndPoint at = Server.Listen("l", new IPEndPoint(IPAddress.Parse(address), 0), backlog: 512);

        Forger.Flood(at, count: 300);

        Until.True(() => Rows("syn-recv").Length == 300, "every SYN must have a request socket");
        Assert.Equal((300, false), Forger.Flooded());
        Assert.Equal(254, Rows("syn-recv").Select(row => row[3][..row[3].LastIndexOf(':')]).Distinct().Count());
        Assert.Contains(Rows("syn-recv"), row => row[3] == $"{new IPEndPoint(Forger.Stranger(254, at.AddressFamily), 1024)}");
    }

    [RootFact]
    public void A_flood_beyond_the_backlog_is_answered_with_cookies()
    {
        IPEndPoint at = Server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0), backlog: 16);

        Forger.Flood(at, count: 200, perSecond: 2000);

        Until.True(() => !Forger.Flooded().IsRunning, "the flood must end");
        Until.True(() => Counter("SyncookiesSent") == 200 - 17, "all but the queue's length must be answered with cookies");
    }

    [RootTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_reset_with_the_exact_number_ends_a_connection_of_others(string address)
    {
        Connect(address);

        Forger.Send(ForgedSegment.From(Client, "c") with { Bits = ControlBits.Rst });

        Assert.Equal("ECONNRESET", Server.Try(s => s.Receive("s", 1)));
        Assert.Equal(TcpState.Established, Client.State("c"));
    }

    [RootFact]
    public void A_reset_elsewhere_in_the_window_is_challenged()
    {
        Connect();
        ForgedSegment exact = ForgedSegment.From(Client, "c");

        Forger.Send(exact with { Bits = ControlBits.Rst, Sequence = exact.Sequence + 100 });

        Until.True(() => Counter("TCPChallengeACK") == 1, "RFC 5961 §3 asks for a challenge ACK");
        Assert.Equal(TcpState.Established, Server.State("s"));
    }

    [RootFact]
    public void A_syn_on_an_established_connection_is_challenged()
    {
        Connect();

        Forger.Send(ForgedSegment.From(Client, "c") with { Bits = ControlBits.Syn });

        Until.True(() => Counter("TCPSYNChallenge") == 1, "RFC 5961 §4 asks for a challenge ACK");
        Assert.Equal(TcpState.Established, Server.State("s"));
    }

    [RootFact]
    public void A_segment_from_the_past_is_dropped_by_its_timestamp_and_one_of_now_is_taken()
    {
        Connect();
        Client.Send("c", 1); // the server keeps the timestamp of data
        Server.ReceiveAll("s", 1);
        ForgedSegment now = ForgedSegment.From(Client, "c") with { Bits = ControlBits.Ack | ControlBits.Psh, PayloadLength = 10 };

        Forger.Send(now with { Timestamp = unchecked(now.Timestamp - 100_000) });
        Until.True(() => Counter("PAWSEstab") == 1, "PAWS must drop it");
        Assert.Equal("EAGAIN", Server.Try(s => s.ReceiveNow("s", 10)));

        Forger.Send(now);
        Assert.Equal(10, Server.ReceiveAll("s", 10));
    }

    [RootFact]
    public void A_wrong_checksum_is_an_error_that_the_kernel_counts()
    {
        Connect();

        Forger.Send(ForgedSegment.From(Client, "c") with { PayloadLength = 10, HasWrongChecksum = true });

        Until.True(() => KernelCounter.Read(_stage!.Namespace, "Tcp", "InCsumErrors") == 1, "the segment must be dropped");
        Assert.Equal("EAGAIN", Server.Try(s => s.ReceiveNow("s", 10)));
    }

    private void Connect(string address = "127.0.0.1")
    {
        IPEndPoint at = Server.Listen("l", new IPEndPoint(IPAddress.Parse(address), 0));
        Client.Connect("c", at);
        Server.Accept("s", "l");
    }

    private long Counter(string name) => KernelCounter.Read(_stage!.Namespace, "TcpExt", name);

    private string[][] Rows(string state) =>
        [.. _stage!.Namespace.Execute("ss", "-tnH", "state", state).Lines.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private sealed class Stage : IDisposable
    {
        public Stage() => (Forger, Client, Server) = (new Forger(Namespace), new Puppet(Namespace), new Puppet(Namespace));

        public TestNamespace Namespace { get; } = new();

        public Forger Forger { get; }

        public Puppet Client { get; }

        public Puppet Server { get; }

        public void Dispose()
        {
            Forger.Dispose();
            Client.Dispose();
            Server.Dispose();
            Namespace.Dispose();
        }
    }
}
