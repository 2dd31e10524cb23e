using System.Net;

namespace TcpLens.Faults.Tests;

/// <summary>
/// The machine that is examined and another one, with a link between them: what a peer does then shows in the peer's counters and
/// not in ours.
/// </summary>
public sealed class TwoHosts : IDisposable
{
    private readonly WeatherLink _link;

    public TwoHosts()
    {
        _link = new WeatherLink(Here.Namespace, There);
        (Client, Server) = (new Puppet(There), new Puppet(Here.Namespace));
        Far = new IPEndPoint(_link.RightAddress, 8443);
    }

    public Stage Here { get; } = new();

    public TestNamespace There { get; } = new();

    /// <summary>There.</summary>
    public Puppet Client { get; }

    /// <summary>Here.</summary>
    public Puppet Server { get; }

    /// <summary>A port of the other machine on which nobody listens.</summary>
    public IPEndPoint Far { get; }

    /// <summary>A listener of the server.</summary>
    public IPEndPoint Listen() => Server.Listen("l", new IPEndPoint(_link.LeftAddress, 8443), backlog: 128);

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _link.Dispose();
        Here.Dispose();
        There.Dispose();
    }
}
