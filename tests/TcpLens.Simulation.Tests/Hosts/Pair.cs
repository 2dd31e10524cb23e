using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Two hosts, a link, and a connection between them with a program at each end that does as it is planned.</summary>
internal sealed class Pair
{
    public static readonly HostAddress NearAddress = HostAddress.V4(0x0a00_0001);
    public static readonly HostAddress FarAddress = HostAddress.V4(0x0a00_0002);
    public static readonly Endpoint NearEnd = new(NearAddress, 5000);
    public static readonly Endpoint FarEnd = new(FarAddress, 7);

    private HostConnection? _far;

    public Pair(ulong seed = 1, Weather? weather = null, Weather? back = null, TcpSettings? settings = null, ProgramPlan? client = null, ProgramPlan? server = null, Middlebox? middlebox = null)
    {
        World = new(seed);
        Near = World.AddHost(new() { Addresses = [NearAddress], Tcp = settings ?? TcpSettings.Default });
        Far = World.AddHost(new() { Addresses = [FarAddress], Tcp = settings ?? TcpSettings.Default });
        if (middlebox is null)
        {
            Link = World.Connect(Near, Far, weather, back);
        }
        else
        {
            World.Add(middlebox);
            Link = World.Connect(Near, middlebox, weather, back);
            World.Connect(middlebox, Far);
        }

        var forth = new OctetPattern(1);
        var answer = new OctetPattern(2);
        Client = new(World, client ?? Sends(0), forth, answer);
        Server = new(World, server ?? Sends(0), answer, forth);
    }

    public World World { get; }

    public HostNode Near { get; }

    public HostNode Far { get; }

    public Link Link { get; }

    public RandomProgram Client { get; }

    public RandomProgram Server { get; }

    public HostConnection NearConnection { get; private set; } = null!;

    public HostConnection FarConnection => _far ?? throw new InvalidOperationException("nothing was accepted");

    public bool IsComplete => Client.SawEnd && Server.SawEnd && Client.Received == Server.Plan.Octets && Server.Received == Client.Plan.Octets;

    /// <summary>An orderly program that sends so much as fast as it can.</summary>
    public static ProgramPlan Sends(long octets, Ending ending = Ending.Orderly) => new() { Octets = octets, WriteChunk = 4096, ReadChunk = 4096, Ending = ending };

    /// <summary>A program that keeps its side open until its peer has closed.</summary>
    public static ProgramPlan Waits(long octets = 0) => Sends(octets, Ending.AfterPeer);

    public Pair Open()
    {
        Far.Listen(FarEnd, accepted =>
        {
            _far = accepted;
            return Server;
        });
        NearConnection = Near.Connect(FarEnd, Client, new() { Local = NearEnd });
        return this;
    }

    public Pair OpenAtOnce()
    {
        NearConnection = Near.Connect(FarEnd, Client, new() { Local = NearEnd });
        _far = Far.Connect(NearEnd, Server, new() { Local = FarEnd });
        return this;
    }

    /// <summary>Until both programs are done, at most for a day.</summary>
    public Pair RunToEnd()
    {
        Assert.True(World.RunUntil(() => Client.IsDone && Server.IsDone, TimeSpan.FromDays(1)), $"near {NearConnection.Status}, far {_far?.Status}");
        Assert.Null(Client.Complaint);
        Assert.Null(Server.Complaint);
        return this;
    }
}
