using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Everything that a seed decides before the world begins to run.</summary>
internal sealed record TrialPlan
{
    public required ulong Seed { get; init; }

    public required bool IsV6 { get; init; }

    public required bool IsSimultaneousOpen { get; init; }

    public required TcpSettings Near { get; init; }

    public required TcpSettings Far { get; init; }

    public required int Mtu { get; init; }

    public required SynCookies Cookies { get; init; }

    public required Weather Forth { get; init; }

    public required Weather Back { get; init; }

    public required ProgramPlan Client { get; init; }

    public required ProgramPlan Server { get; init; }

    /// <summary>When the link is cut, and for how long; null: never.</summary>
    public (TimeSpan From, TimeSpan For)? Cut { get; init; }

    /// <summary>Packets of a blind attacker on either host.</summary>
    public int ForgedPackets { get; init; }

    /// <summary>
    /// Nothing that happens here is a reason for a connection to fail. (A cookie is one: when the last ACK of the handshake is lost and the client
    /// only waits, the server knows of nothing, and says so when it is probed.)
    /// </summary>
    public bool IsGentle => Cut is null && Cookies != SynCookies.Always && !Forth.IsBlackHole && !Back.IsBlackHole && HarmOf(Forth) + HarmOf(Back) < 0.1;

    /// <summary>Both programs wait for everything.</summary>
    public bool IsOrderly => (Client.Ending, Server.Ending) is
        (Ending.Orderly, Ending.Orderly) or (Ending.Orderly, Ending.AfterPeer) or (Ending.AfterPeer, Ending.Orderly);

    public static TrialPlan Draw(ulong seed)
    {
        var random = new SeededRandom(seed ^ 0x5eed_0f_7e57);
        bool mayAbort = random.Chance(0.3);
        bool isV6 = random.Chance(0.3);
        ProgramPlan client = ProgramPlan.Draw(random, mayAbort);
        ProgramPlan server = ProgramPlan.Draw(random, mayAbort);
        if (client.Ending == Ending.AfterPeer && server.Ending == Ending.AfterPeer)
        {
            server = server with { Ending = Ending.Orderly };   // Two that wait for each other wait for ever.
        }

        client = client with { ReadChunk = client.ReadChunk + (int)(server.Octets / 100) };
        server = server with { ReadChunk = server.ReadChunk + (int)(client.Octets / 100) };
        return new()
        {
            Seed = seed,
            IsV6 = isV6,
            IsSimultaneousOpen = random.Chance(0.1),
            Near = Settings(random),
            Far = Settings(random),
            Mtu = random.Pick(1500, 1500, 9000, 1280 + random.Below(1000)),
            Cookies = random.Chance(0.1) ? SynCookies.Always : SynCookies.WhenFull,
            Forth = WeatherOf(random, isV6),
            Back = WeatherOf(random, isV6),
            Client = client,
            Server = server,
            Cut = random.Chance(0.1) ? (random.Below(TimeSpan.FromSeconds(2)), random.Pick(random.Below(TimeSpan.FromSeconds(20)), TimeSpan.FromDays(1))) : null,
            ForgedPackets = random.Chance(0.2) ? 1 + random.Below(200) : 0,
        };
    }

    private static TcpSettings Settings(SeededRandom random)
    {
        int receive = random.Pick(1 << 20, 2000 + random.Below(20_000), 65_536 + random.Below(200_000));
        return TcpSettings.Default with
        {
            SendBuffer = random.Pick(1 << 20, 1500 + random.Below(20_000)),
            ReceiveBuffer = receive,
            WindowScaling = random.Chance(0.8),
            Timestamps = random.Chance(0.7),
            SelectiveAcknowledgment = random.Chance(0.8),
            RequestEcn = random.Chance(0.4),
            AcceptEcn = random.Chance(0.8),
            Congestion = random.Chance(0.5) ? CongestionAlgorithm.Cubic : CongestionAlgorithm.NewReno,
            Rack = random.Chance(0.7),
            Pacing = random.Chance(0.3),
            QuickAcks = random.Pick(0, 16),
            DelayedAck = random.Pick(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(200)),
            InitialWindow = random.Pick(10, 2, 1, 4),
            WindowProbe = random.Chance(0.5) ? WindowProbe.OneOctet : WindowProbe.Empty,
            SlowStartAfterIdle = random.Chance(0.7),
            Options = ConnectionOptions.Default with
            {
                NoDelay = random.Chance(0.5),
                Cork = random.Chance(0.1),
                MaximumSegmentSize = (ushort)random.Pick(0, 0, 88 + random.Below(1000)),
                KeepAlive = true,   // A peer may vanish without a word, and whoever only waits has to find out.
                KeepAliveIdle = TimeSpan.FromSeconds(60),
                KeepAliveInterval = TimeSpan.FromSeconds(20),
            },
        };
    }

    private static Weather WeatherOf(SeededRandom random, bool isV6) => random.Chance(0.15) ? Weather.Clear : new()
    {
        Loss = random.Pick(0.0, 0.01, 0.05, random.Chance(0.2) ? 0.25 : 0.1),
        Bursts = random.Chance(0.1) ? new(0.01, 0.3) : null,
        Delay = random.Pick(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(30), random.Below(TimeSpan.FromMilliseconds(300))),
        Jitter = random.Pick(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), random.Below(TimeSpan.FromMilliseconds(100))),
        Reordering = random.Pick(0.0, 0.02, 0.2),
        HeldBack = random.Pick(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300)),
        Duplication = random.Pick(0.0, 0.0, 0.02, 0.2),
        Corruption = random.Pick(0.0, 0.0, 0.01),
        BitsPerSecond = random.Pick(0L, 0L, 1_000_000L, 10_000_000L, 100_000_000L),
        QueuePackets = random.Pick(1000, 10, 3),
        MarkAbove = random.Chance(0.3) ? random.Below(20_000) : null,
        Mtu = random.Chance(0.8) ? 9000 : random.Between(isV6 ? 1280 : 600, 1500),
        IsBlackHole = random.Chance(0.02),
    };

    private static double HarmOf(Weather weather) => weather.Loss + weather.Corruption + (weather.Bursts is null ? 0 : 1);
}
