using System.Globalization;
using System.Net;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Tracing;

/// <summary>A client and a server of their own, in a namespace whose state changes the kernel tells.</summary>
internal sealed class TracedConnection : IDisposable
{
    private readonly List<(TraceRecord Record, LifeTail Tail)> _records = [];
    private readonly BpfTracer _tracer;

    public TracedConnection()
    {
        string link = Namespace.Run(() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)!.Name);
        uint inode = uint.Parse(link.AsSpan(link.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), CultureInfo.InvariantCulture);
        var request = new TraceRequest { Topics = TraceTopics.StateChanges | TraceTopics.Lives, Namespaces = [inode], RingLength = 1 << 18 };
        _tracer = BpfTracer.TryOpen(request, out string? whyNot) ?? throw new InvalidOperationException(whyNot);
        Client = new Puppet(Namespace);
        Server = new Puppet(Namespace);
        At = Server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
    }

    public TestNamespace Namespace { get; } = new();

    public Puppet Client { get; }

    public Puppet Server { get; }

    public IPEndPoint At { get; }

    /// <summary>"c" at the client, "s" at the server.</summary>
    public TracedConnection Connect()
    {
        Client.Connect("c", At);
        Server.Accept("s", "l");
        return this;
    }

    /// <summary>What the change to CLOSED says.</summary>
    public string? ReasonAtClient() => Reason(record => record.RemotePort == At.Port);

    public string? ReasonAtServer() => Reason(record => record.LocalPort == At.Port && record.RemotePort != 0);

    public string? ReasonOf(Func<TraceRecord, bool> which)
    {
        TraceRecord told = default;
        Until.True(() => (told = Read().Find(row => row.Record.Kind == TraceKind.StateChange && which(row.Record)).Record).Kind != TraceKind.None, "the change must be told");
        return Closing.ReasonOf(in told);
    }

    public ClosingKind KindAtClient() => Kind(record => record.RemotePort == At.Port);

    public ClosingKind KindAtServer() => Kind(record => record.LocalPort == At.Port);

    /// <summary>Changes so far that are out of the ordinary.</summary>
    public IEnumerable<string> Remarkable() => Read().Select(row => Closing.ReasonOf(row.Record)).OfType<string>();

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _tracer.Dispose();
        Namespace.Dispose();
    }

    private string? Reason(Func<TraceRecord, bool> isOfSide)
        => ReasonOf(record => isOfSide(record) && record.To == TcpState.Closed);

    private ClosingKind Kind(Func<TraceRecord, bool> isOfSide)
    {
        (TraceRecord Record, LifeTail Tail) life = default;
        Until.True(() => (life = Read().Find(row => row.Record.Kind == TraceKind.LifeEnded && isOfSide(row.Record))).Record.Kind != TraceKind.None, "a life must end");
        return Closing.KindOf(in life.Record, in life.Tail);
    }

    private List<(TraceRecord Record, LifeTail Tail)> Read()
    {
        var batch = new TraceBatch(_tracer.Take());
        while (batch.MoveNext())
        {
            _records.Add((batch.Current, batch.Tail));
        }

        _tracer.Release();
        return _records;
    }
}
