using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Testing;

/// <summary>
/// Real kernel sockets in each of the eleven states and in every disguise a reader meets, IPv4 and IPv6, all in one namespace:
/// <see cref="Sockets"/> is what a full dump of the namespace must show, no more and no less, for at least 30 seconds.
/// </summary>
/// <remarks>
/// One trick makes all of them: an endpoint can be made deaf (<see cref="TestNamespace.Deafen"/>), after which its peer waits for an
/// answer that does not come. Nothing depends on when a segment arrives, and every scenario has an address of its own.
/// </remarks>
public sealed class KernelStates : IDisposable
{
    private readonly TestNamespace _namespace;
    private readonly List<ExpectedSocket> _sockets = [];
    private readonly List<ExpectedSocket> _boundOnly = [];
    private readonly List<Socket> _held = [];
    private int _addresses;

    private KernelStates(TestNamespace ns) => _namespace = ns;

    /// <summary>Every row a plain dump shows (state mask 0xfff), /proc/net/tcp and tcp6 too.</summary>
    public IReadOnlyList<ExpectedSocket> Sockets => _sockets;

    /// <summary>CLOSED sockets with a port: only a dump with state bit 13 shows them (Linux 6.8), /proc/net/tcp never does.</summary>
    public IReadOnlyList<ExpectedSocket> BoundOnly => _boundOnly;

    /// <summary>Fills a namespace that has no TCP sockets yet.</summary>
    public static KernelStates Create(TestNamespace ns)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ns.SetSysctl("net.ipv4.tcp_syn_retries", "127");
        ns.SetSysctl("net.ipv4.tcp_synack_retries", "255");

        // All of 127.0.0.0/8 is this host already. Addresses added one by one would be usable only some time later.
        ns.SetSysctl("net.ipv6.ip_nonlocal_bind", "1");
        ns.Execute("ip", "-6", "route", "add", "local", "fd00:7c::/64", "dev", "lo").EnsureSuccess();
        var states = new KernelStates(ns);
        try
        {
            ns.Run(() =>
            {
                states.MakeAll(IpFamily.V4);
                states.MakeAll(IpFamily.V6);
                states.MakeDualStack();
            });
            return states;
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    public void Dispose() => _held.ForEach(socket => socket.Dispose());

    private void MakeAll(IpFamily family)
    {
        Bound(NewAddress(family));
        Listening(NewAddress(family));
        SynSent(NewAddress(family));
        HalfOpen(NewAddress(family));
        SimultaneousOpen(NewAddress(family));
        Established(NewAddress(family));
        NotAccepted(NewAddress(family));
        HalfClosed(NewAddress(family));
        FinWait1(NewAddress(family));
        Closing(NewAddress(family));
        LastAck(NewAddress(family));
        TimeWait(NewAddress(family));
        OrphanInFinWait1(NewAddress(family));
        OrphanInFinWait2(NewAddress(family));
        OrphanInLastAck(NewAddress(family));
        MiniSocketInFinWait2(NewAddress(family));
    }

    private void Bound(IPAddress address)
    {
        Socket socket = Hold(TcpSockets.Bound(address));
        _boundOnly.Add(Row("bound, never connected", socket, TcpState.Closed, null));
    }

    private void Listening(IPAddress address) => Expect("listening", Hold(TcpSockets.Listening(address, backlog: 7)), TcpState.Listen, null, send: 7);

    private void SynSent(IPAddress address)
    {
        var nobody = new IPEndPoint(address, 9);
        _namespace.Deafen(nobody);
        Socket client = Hold(TcpSockets.Bound(address));
        client.ConnectInBackground(nobody);
        Expect("SYN into the void", client, TcpState.SynSent, nobody, send: 1);
    }

    private void HalfOpen(IPAddress address)
    {
        Socket listener = Hold(TcpSockets.Listening(address));
        Socket client = Hold(TcpSockets.Bound(address));
        _namespace.Deafen(client.LocalIP());
        client.ConnectInBackground(listener.LocalIP());
        Expect("listener of a half-open connection", listener, TcpState.Listen, null, send: 16);
        Expect("client that never hears the SYN-ACK", client, TcpState.SynSent, listener.LocalIP(), send: 1);
        _sockets.Add(Row("request socket", listener, TcpState.SynReceived, client.LocalIP()) with { Kind = SocketKind.Request, IsHeld = false });
    }

    private void SimultaneousOpen(IPAddress address)
    {
        Socket first = Hold(TcpSockets.Bound(address));
        Socket second = Hold(TcpSockets.Bound(address));
        _namespace.Deafen(second.LocalIP());
        first.ConnectInBackground(second.LocalIP());
        second.ConnectInBackground(first.LocalIP());
        Expect("simultaneous open, the end that heard the SYN", first, TcpState.SynReceived, second.LocalIP(), send: 1);
        Expect("simultaneous open, the end that did not", second, TcpState.SynSent, first.LocalIP(), send: 1);
    }

    private void Established(IPAddress address)
    {
        TcpPair pair = Connect(address);
        ExpectBoth("connected", pair, TcpState.Established, TcpState.Established);
    }

    /// <summary>Two handshakes that the kernel finished and no one accepted; one client has given up already.</summary>
    private void NotAccepted(IPAddress address)
    {
        Socket listener = Hold(TcpSockets.Listening(address, backlog: 4));
        Socket patient = Hold(TcpSockets.Bound(address));
        Socket impatient = Hold(TcpSockets.Bound(address));
        patient.Connect(listener.LocalIP());
        impatient.Connect(listener.LocalIP());
        impatient.Shutdown(SocketShutdown.Send);
        impatient.WaitFor(TcpState.FinWait2);
        Expect("listener with an accept queue", listener, TcpState.Listen, null, receive: 2, send: 4);
        Expect("client waiting to be accepted", patient, TcpState.Established, listener.LocalIP());
        Expect("client that gave up waiting", impatient, TcpState.FinWait2, listener.LocalIP());
        _sockets.Add(Row("not accepted", listener, TcpState.Established, patient.LocalIP()) with { IsHeld = false });
        _sockets.Add(Row("not accepted, given up", listener, TcpState.CloseWait, impatient.LocalIP()) with { IsHeld = false, ReceiveQueue = 1 });
    }

    private void HalfClosed(IPAddress address)
    {
        TcpPair pair = Connect(address);
        HalfClose(pair);
        ExpectBoth("half-closed, both ends held", pair, TcpState.FinWait2, TcpState.CloseWait);
    }

    private void FinWait1(IPAddress address)
    {
        TcpPair pair = Connect(address);
        _namespace.Deafen(pair.Server.LocalIP());
        pair.Client.Shutdown(SocketShutdown.Send);
        ExpectBoth("FIN into the void", pair, TcpState.FinWait1, TcpState.Established);
    }

    /// <summary>Both ends send their FIN; only the server's arrives, so that the client knows of both and the server of its own.</summary>
    private void Closing(IPAddress address)
    {
        TcpPair pair = Connect(address);
        _namespace.Deafen(pair.Server.LocalIP());
        pair.Client.Shutdown(SocketShutdown.Send);
        pair.Server.Shutdown(SocketShutdown.Send);
        ExpectBoth("simultaneous close", pair, TcpState.Closing, TcpState.FinWait1);
    }

    private void LastAck(IPAddress address)
    {
        TcpPair pair = Connect(address);
        HalfClose(pair);
        _namespace.Deafen(pair.Client.LocalIP());
        pair.Server.Shutdown(SocketShutdown.Send);
        ExpectBoth("last FIN into the void", pair, TcpState.FinWait2, TcpState.LastAck);
    }

    private void TimeWait(IPAddress address)
    {
        TcpPair pair = Connect(address);
        ExpectedSocket row = Row("closed first", pair.Client, TcpState.TimeWait, pair.Server.LocalIP());
        HalfClose(pair);
        pair.Client.Dispose();
        pair.Server.Dispose();
        _sockets.Add(row with { Kind = SocketKind.TimeWait, IsHeld = false });
    }

    private void OrphanInFinWait1(IPAddress address)
    {
        TcpPair pair = Connect(address);
        ExpectedSocket row = Row("orphan whose FIN is not answered", pair.Client, TcpState.FinWait1, pair.Server.LocalIP());
        _namespace.Deafen(pair.Server.LocalIP());
        pair.Client.Dispose();
        _sockets.Add(row with { IsHeld = false, SendQueue = 1 });
        Expect("peer of an orphan", pair.Server, TcpState.Established, pair.Server.RemoteEndPoint);
    }

    /// <summary>With more than 60 s to wait, Linux keeps the whole socket for the time above 60 s (tcp_fin_time, TCP_LINGER2).</summary>
    private void OrphanInFinWait2(IPAddress address)
    {
        const int TcpLinger2 = 8;
        TcpPair pair = Connect(address);
        ExpectedSocket row = Row("orphan that waits for a FIN", pair.Client, TcpState.FinWait2, pair.Server.LocalIP());
        HalfClose(pair);
        pair.Client.SetRawSocketOption(6, TcpLinger2, BitConverter.GetBytes(120));
        pair.Client.Dispose();
        _sockets.Add(row with { IsHeld = false });
        Expect("peer of a waiting orphan", pair.Server, TcpState.CloseWait, pair.Server.RemoteEndPoint, receive: 1);
    }

    private void OrphanInLastAck(IPAddress address)
    {
        TcpPair pair = Connect(address);
        IPEndPoint server = pair.Server.LocalIP();
        ExpectedSocket row = Row("orphan whose last FIN is not answered", pair.Server, TcpState.LastAck, pair.Client.LocalIP());
        HalfClose(pair);
        _namespace.Deafen(pair.Client.LocalIP());
        pair.Server.Shutdown(SocketShutdown.Both); // an unread octet would turn close() into a reset; there is none
        pair.Server.Dispose();
        _sockets.Add(row with { IsHeld = false, ReceiveQueue = 1, SendQueue = 1 });
        Expect("peer of a leaving orphan", pair.Client, TcpState.FinWait2, server);
    }

    /// <summary>With up to 60 s to wait, an orphan shrinks to a mini-socket that says FIN_WAIT2 and is counted with TIME_WAIT.</summary>
    private void MiniSocketInFinWait2(IPAddress address)
    {
        TcpPair pair = Connect(address);
        ExpectedSocket row = Row("orphan shrunk to a mini-socket", pair.Client, TcpState.FinWait2, pair.Server.LocalIP());
        HalfClose(pair);
        pair.Client.Dispose();
        _sockets.Add(row with { Kind = SocketKind.TimeWait, IsHeld = false });
        Expect("peer of a mini-socket", pair.Server, TcpState.CloseWait, pair.Server.RemoteEndPoint, receive: 1);
    }

    /// <summary>An IPv6 socket that carries IPv4: its addresses are IPv4-mapped, its family stays IPv6.</summary>
    private void MakeDualStack()
    {
        IPAddress address = NewAddress(IpFamily.V4);
        var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen(5);
        Hold(listener);
        Socket client = Hold(TcpSockets.Bound(address));
        client.Connect(new IPEndPoint(address, listener.LocalIP().Port));
        Socket server = Hold(listener.Accept());
        Expect("dual-stack listener", listener, TcpState.Listen, null, send: 5);
        Expect("IPv4 client of a dual-stack server", client, TcpState.Established, client.RemoteEndPoint);
        Expect("dual-stack server", server, TcpState.Established, client.LocalIP());
    }

    private TcpPair Connect(IPAddress address)
    {
        TcpPair pair = TcpPair.Connect(address);
        Hold(pair.Client);
        Hold(pair.Server);
        return pair;
    }

    private static void HalfClose(TcpPair pair)
    {
        pair.Client.Shutdown(SocketShutdown.Send);
        pair.Server.WaitFor(TcpState.CloseWait);
        pair.Client.WaitFor(TcpState.FinWait2);
    }

    /// <summary>What stays in a queue follows from the states: a FIN that no read has met counts one, so does one without its ACK.</summary>
    private void ExpectBoth(string scenario, TcpPair pair, TcpState client, TcpState server)
    {
        foreach ((Socket socket, Socket peer, TcpState state) in new[] { (pair.Client, pair.Server, client), (pair.Server, pair.Client, server) })
        {
            uint receive = state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck ? 1u : 0;
            uint send = state is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck ? 1u : 0;
            Expect(scenario, socket, state, peer.LocalIP(), receive, send);
        }
    }

    private void Expect(string scenario, Socket socket, TcpState state, EndPoint? remote, uint receive = 0, uint send = 0)
    {
        socket.WaitFor(state);
        _sockets.Add(Row(scenario, socket, state, remote) with { ReceiveQueue = receive, SendQueue = send });
    }

    private static ExpectedSocket Row(string scenario, Socket socket, TcpState state, EndPoint? remote)
    {
        IPEndPoint local = socket.LocalIP();
        bool isV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        remote ??= new IPEndPoint(isV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        return new ExpectedSocket(scenario, isV6 ? IpFamily.V6 : IpFamily.V4, state, ToEndpoint(local), ToEndpoint((IPEndPoint)remote));
    }

    private static Endpoint ToEndpoint(IPEndPoint endpoint) => new(HostAddress.From(endpoint.Address), (ushort)endpoint.Port);

    private Socket Hold(Socket socket)
    {
        _held.Add(socket);
        return socket;
    }

    private IPAddress NewAddress(IpFamily family)
    {
        int number = ++_addresses;
        return IPAddress.Parse(family == IpFamily.V4 ? $"127.0.1.{number}" : $"fd00:7c::{number:x}");
    }
}
