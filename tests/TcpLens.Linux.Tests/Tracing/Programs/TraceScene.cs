using System.Diagnostics;
using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>
/// Two puppets that act out a script, and the kernel's programs that tell of it; beside them a counter. The puppets share a namespace, or
/// have one each with weather between them.
/// <code>
/// using TraceScene scene = new();
/// scene.Connect();                                   // "c" of the client to "s" of the server
/// scene.Client.Close("c");
/// Told told = scene.Tells("CLOSE>LISTEN", "CLOSE>SYN_SENT>ESTABLISHED>…", "LISTEN>SYN_RECV>…");
/// </code>
/// </summary>
internal sealed class TraceScene : IDisposable
{
    public const TraceTopics Everything = TraceTopics.StateChanges | TraceTopics.Lives | TraceTopics.AllEvents;
    public const string Listening = "CLOSE>LISTEN";

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly IpFamily _family;
    private readonly TestNamespace? _far;
    private readonly BpfTracer _tracer;
    private readonly TransitionCounter _counter;
    private int _fences;

    public TraceScene(IpFamily family = IpFamily.V4, bool isLinked = false, TraceTopics topics = Everything)
    {
        _family = family;
        if (isLinked)
        {
            _far = new TestNamespace();
            Link = new WeatherLink(Namespace, _far);
        }

        (Client, Server) = (new Puppet(Namespace), new Puppet(FarNamespace));
        Client.Rename("client");
        Server.Rename("server");
        uint[] places = [.. new[] { Namespace, FarNamespace }.Distinct().Select(static ns => ns.Run(NamespaceFinder.OwnNamespace))];
        _counter = TransitionCounter.TryOpen(places, out string? whyNot) ?? throw new InvalidOperationException(whyNot);
        _tracer = BpfTracer.TryOpen(new TraceRequest { Topics = topics, Namespaces = places }, out whyNot) ?? throw new InvalidOperationException(whyNot);
        Assert.Empty(_tracer.BlindSpots);
    }

    /// <summary>Where the client is; the left side of the link.</summary>
    public TestNamespace Namespace { get; } = new();

    /// <summary>Where the server is.</summary>
    public TestNamespace FarNamespace => _far ?? Namespace;

    public WeatherLink? Link { get; }

    public Puppet Client { get; }

    public Puppet Server { get; }

    /// <summary>Everything that was told so far.</summary>
    public Told Told { get; } = new();

    /// <summary>Since before the first step: no state of the script lasted longer.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    public IPAddress ClientAddress => IsV6 ? Link?.LeftAddressV6 ?? IPAddress.IPv6Loopback : Link?.LeftAddress ?? IPAddress.Loopback;

    public IPAddress ServerAddress => IsV6 ? Link?.RightAddressV6 ?? IPAddress.IPv6Loopback : Link?.RightAddress ?? IPAddress.Loopback;

    private bool IsV6 => _family == IpFamily.V6;

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _tracer.Dispose();
        _counter.Dispose();
        Link?.Dispose();
        _far?.Dispose();
        Namespace.Dispose();
    }

    /// <summary>The server listens as "l".</summary>
    public IPEndPoint Listen(int backlog = 16) => Server.Listen("l", new IPEndPoint(ServerAddress, 0), backlog);

    /// <summary>The client's "c" connects to the server's "l", which accepts it as "s".</summary>
    public void Connect()
    {
        Client.Connect("c", Listen());
        Server.Accept("s", "l");
    }

    /// <summary>A state of the script lasts, and what is returned is the least that it lasted.</summary>
    public static TimeSpan Pause(int milliseconds = 120)
    {
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(milliseconds);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Has ss destroy the sockets of the server's namespace that match, and returns its process number.</summary>
    public int Destroy(string filter)
    {
        string[] arguments = ["-K", "-H", "-t", "-n", "-a", .. filter.Split(' ')];
        using Process ss = FarNamespace.Run(() => Process.Start(new ProcessStartInfo("ss", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!);
        string killed = ss.StandardOutput.ReadToEnd();
        ss.WaitForExit();
        Assert.NotEmpty(killed);
        return ss.Id;
    }

    public string? ReasonOf(in TraceRecord record) => _tracer.Names.ReasonOf(in record);

    /// <summary>
    /// Waits until the sockets took these ways through the states (<see cref="ToldSocket.Path"/>), in the order of their first changes, and
    /// no others; then holds each change against the table, and the counter against their sum.
    /// </summary>
    public Told Tells(params string[] paths)
    {
        try
        {
            Until.True(() => Read().SequenceEqual(paths), "the sockets must go their ways");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"expected:\n{Lines(paths)}\ntold:\n{Lines(Read())}\n{Told}");
        }

        Fence();
        Assert.Equal(Lines(paths), Lines(Read()));
        Assert.Equal(0ul, _tracer.Lost);
        Assert.All(Told.Of(TraceKind.StateChange), static record
            => Assert.NotEqual(StateChangeOrigin.Unknown, LinuxStateChanges.OriginOf(record.From, record.To)));
        AssertCounted();
        return Told;
    }

    /// <summary>Waits for something to be told.</summary>
    public void Await(Func<Told, bool> isTold, string what)
    {
        try
        {
            Until.True(() => Read() is not null && isTold(Told), what);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{what}; told:\n{Told}");
        }
    }

    private static string Lines(IEnumerable<string> paths) => string.Join('\n', paths);

    /// <summary>The ways of the sockets so far.</summary>
    private IEnumerable<string> Read() => Told.ReadAll(_tracer).Sockets.Select(static socket => socket.Path);

    /// <summary>A connection that is refused: when it has been told, so has everything before it.</summary>
    private void Fence()
    {
        _fences++;
        Assert.Equal("ECONNREFUSED", Client.Try(static puppet => puppet.Connect("fence", new IPEndPoint(IPAddress.Loopback, Told.FencePort))));
        Await(told => told.Fences == _fences, "the fence must be told");
    }

    private void AssertCounted()
    {
        TransitionCounts counted = _counter.Read(), all = Told.Count(withEarlyEnds: true), sure = Told.Count(withEarlyEnds: false);
        foreach (TcpState from in Enum.GetValues<TcpState>())
        {
            foreach (TcpState to in Enum.GetValues<TcpState>())
            {
                Assert.True(
                    counted[from, to] >= sure[from, to] && counted[from, to] <= all[from, to],
                    $"{from}>{to} was counted {counted[from, to]} times and told {all[from, to]} times, {all[from, to] - sure[from, to]} of them early ends");
            }

            Assert.InRange(Timed(counted, from), Timed(sure, from), Timed(all, from));
        }

        static ulong Timed(TransitionCounts counts, TcpState state) => counts.TimesIn(state).ToArray().Aggregate(0ul, static (sum, count) => sum + count);
    }
}
