using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>The count derived from the kernel's sums and the count of a full walk are the same count.</summary>
public sealed class BusyTests
{
    /// <summary>At most one connection at a time opens and closes; each is in at most a few places when it is looked at.</summary>
    private const long Slack = 50;

    [RootFact]
    public void On_a_quiet_machine_both_are_equal_to_the_last_socket()
    {
        using var ns = new TestNamespace();
        using Population population = Population.Start(ns, new PopulationSize(Connections: 3000, HalfClosed: 100, HalfOpen: 50, TimeWait: 500));
        using var orphans = new Orphans(ns, 200);

        string derived = Tool.Counts(Tool.Json(ns, "count"));
        Assert.Equal(Tool.Counts(Tool.Json(ns, "count", "--walk")), derived);
        Assert.Equal(Tool.Counts(Tool.Json(ns, "count", "--by", "state,remote-port")), derived);
        Assert.Equal("close_wait=300 established=6000 fin_wait2=300 listen=7 syn_recv=50 syn_sent=50 time_wait=500", derived);
    }

    [RootFact]
    public void While_connections_come_and_go_the_derived_count_lies_between_two_walks()
    {
        using var ns = new TestNamespace();
        using Population population = Population.Start(ns, new PopulationSize(Connections: 2000, HalfClosed: 100, HalfOpen: 50));
        using var orphans = new Orphans(ns, 100);
        using var churn = new Churn(ns);

        for (int i = 0; i < 5; i++)
        {
            churn.WaitForMore();
            Dictionary<string, long> before = Walk(), derived = Counts(Tool.Json(ns, "count")), after = Walk();
            Assert.All(derived, state => Assert.InRange(
                state.Value,
                Math.Min(before[state.Key], after[state.Key]) - Slack,
                Math.Max(before[state.Key], after[state.Key]) + Slack));
        }

        Dictionary<string, long> Walk() => Counts(Tool.Json(ns, "count", "--walk"));
    }

    private static Dictionary<string, long> Counts(JsonElement count)
        => count.Items("groups").ToDictionary(group => group.Text("state")!, group => group.GetProperty("count").GetInt64());

    /// <summary>Clients that sent their FIN and were closed: mini-sockets that say FIN_WAIT2, which the kernel counts with TIME_WAIT.</summary>
    private sealed class Orphans : IDisposable
    {
        private readonly List<Socket> _servers = [];

        public Orphans(TestNamespace ns, int count) => ns.Run(() =>
        {
            Socket listener = Listen();
            _servers.Add(listener);
            for (int i = 0; i < count; i++)
            {
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                client.Connect(listener.LocalEndPoint!);
                _servers.Add(listener.Accept());
            }
        });

        public void Dispose() => _servers.ForEach(server => server.Dispose());
    }

    /// <summary>One connection after the other, opened and closed as fast as one thread can.</summary>
    private sealed class Churn : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isOver;
        private volatile int _done;

        public Churn(TestNamespace ns)
        {
            _thread = new Thread(() => ns.Run(() =>
            {
                using Socket listener = Listen();
                while (!_isOver)
                {
                    using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    client.Connect(listener.LocalEndPoint!);
                    listener.Accept().Dispose();
                    _done++;
                }
            }));
            _thread.Start();
        }

        public void WaitForMore()
        {
            int before = _done;
            Until.True(() => _done > before + 10, "connections must come and go");
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(64);
        return listener;
    }
}
