using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>
/// One seed: two hosts, two programs, weather, perhaps an attacker. Whatever happens, octets arrive in order and once, or both ends hear of
/// an error within a bounded time; and nothing is left on the hosts.
/// </summary>
internal sealed class Trial
{
    /// <summary>
    /// 15 retransmissions last 924 s and more (RFC 9293 §3.8.3, R2), a silent peer is probed for 60 s + 9 × 20 s, TIME-WAIT lasts 60 s; a
    /// handshake may come before. But a transfer that is lost by halves can wait two minutes for each segment, and that is no end.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromDays(1);

    private const ushort Port = 7;

    private readonly World _world;
    private readonly HostNode _near;
    private readonly HostNode _far;
    private readonly RandomProgram _client;
    private readonly RandomProgram _server;
    private readonly Link _link;
    private HostConnection? _nearConnection;
    private HostConnection? _farConnection;

    private Trial(TrialPlan plan)
    {
        Plan = plan;
        _world = new(plan.Seed);
        HostAddress near = Address(plan.IsV6, 1);
        HostAddress far = Address(plan.IsV6, 2);
        _near = _world.AddHost(new() { Addresses = [near], Mtu = plan.Mtu, Tcp = plan.Near });
        _far = _world.AddHost(new() { Addresses = [far], Mtu = plan.Mtu, Tcp = plan.Far, Cookies = plan.Cookies });
        _link = _world.Connect(_near, _far, plan.Forth, plan.Back);
        var forth = new OctetPattern((uint)_world.Random.Next());
        var back = new OctetPattern((uint)_world.Random.Next());
        _client = new(_world, plan.Client, forth, back);
        _server = new(_world, plan.Server, back, forth);
    }

    public TrialPlan Plan { get; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Both ends saw everything.</summary>
    public bool IsComplete => Sees(_client, _server) && Sees(_server, _client);

    /// <summary>Virtual time that it took, and packets on the link.</summary>
    public TimeSpan Duration => _world.Now - default(Instant);

    public long Packets => _link.Forth.Counters.Sent + _link.Back.Counters.Sent;

    public static Trial Run(ulong seed, Stream? capture = null) => Run(TrialPlan.Draw(seed), capture);

    public static Trial Run(TrialPlan plan, Stream? capture = null)
    {
        var trial = new Trial(plan);
        using LinkCapture? file = capture is null ? null : trial._link.Capture(LinkEnd.First, capture);
        trial.Begin();
        trial._world.RunUntil(trial.IsQuiet, Limit);
        trial.Judge();
        return trial;
    }

    private void Begin()
    {
        HostAddress near = Address(Plan.IsV6, 1);
        HostAddress far = Address(Plan.IsV6, 2);
        if (Plan.Cut is { } cut)
        {
            _link.CutAt(default(Instant) + cut.From, cut.For);
        }

        if (Plan.IsSimultaneousOpen)
        {
            _farConnection = _far.Connect(new(near, 5000), _server, new() { Local = new(far, Port) });
        }
        else
        {
            _far.Listen(new(far, Port), Accept);
        }

        _nearConnection = _near.Connect(new(far, Port), _client, new() { Local = new(near, 5000) });
        if (Plan.ForgedPackets > 0)
        {
            BlindBarrage.Begin(_world, _near, _far, new(near, 5000), new(far, Port), Plan.ForgedPackets);
        }
    }

    private IConnectionProgram Accept(HostConnection accepted)
    {
        if (_farConnection is not null)
        {
            return new Refusal();
        }

        _farConnection = accepted;
        return _server;
    }

    /// <summary>Nothing is left of the connection, and nothing of it is on the way.</summary>
    private bool IsQuiet() => _client.IsDone && (_server.IsDone || _farConnection is null)
        && _near.Host.Connections + _far.Host.Connections + _near.Host.TimeWaits + _far.Host.TimeWaits == 0;

    private static bool IsAnythingLeft(HostNode node)
        => node.Host is not { Connections: 0, HalfOpen: 0, Orphans: 0, TimeWaits: 0, Established: 0 } || node.NextTimeout != Instant.Never;

    private void Judge()
    {
        Failure = _client.Complaint is { } one ? "the client's connection " + one
            : _server.Complaint is { } other ? "the server's connection " + other
            : !IsQuiet() ? $"not over after {Limit}: client {Describe(_client, _nearConnection)}, server {Describe(_server, _farConnection)}, "
                + $"hosts hold {_near.Host.Connections}+{_near.Host.TimeWaits} and {_far.Host.Connections}+{_far.Host.TimeWaits}"
            : IsAnythingLeft(_near) || IsAnythingLeft(_far) ? "something is left on a host"
            : _client.Received > _server.Sent || _server.Received > _client.Sent ? "more arrived than was sent"
            : SawTooSoon(_client, _server) || SawTooSoon(_server, _client) ? "an end was seen before everything had arrived"
            : Plan is { IsGentle: true, IsOrderly: true } && !IsComplete ? $"incomplete in gentle weather: client {Describe(_client, _nearConnection)}, server {Describe(_server, _farConnection)}"
            : Plan.IsOrderly && !IsComplete && (_client.Error | _server.Error) == ConnectionError.None ? "octets are missing and nobody was told"
            : null;
    }

    private static bool Sees(RandomProgram reader, RandomProgram writer) => reader.SawEnd && reader.Received == writer.Plan.Octets;

    private static bool SawTooSoon(RandomProgram reader, RandomProgram writer)
        => reader.SawEnd && reader.Error == ConnectionError.None && reader.Received != writer.Sent;

    private static string Describe(RandomProgram program, HostConnection? connection)
        => $"{connection?.State.ToString() ?? "none"} {program.Error} sent {program.Sent}/{program.Plan.Octets} received {program.Received} {connection?.Status}";

    private static HostAddress Address(bool isV6, byte number)
        => isV6 ? new(0x2001_0db8_0000_0000, number) : HostAddress.V4(0x0a00_0000u | number);

    /// <summary>A copy of the first ACK that comes late is a cookie still, and opens a connection that nobody wants.</summary>
    private sealed class Refusal : IConnectionProgram
    {
        public void Hear(HostConnection connection, ConnectionEvents happened, Instant now) => connection.Abort(now);
    }
}
