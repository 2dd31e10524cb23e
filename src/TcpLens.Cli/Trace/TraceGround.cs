using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>What a trace stands on: a source, what has to be known to read its records, and who owns the sockets; live or from a file.</summary>
internal sealed class TraceGround : IDisposable
{
    /// <summary>Owner records that a file begins with, at most: 18 MB.</summary>
    private const int OwnersMax = 1 << 17;

    private TraceGround(TraceSource source, TraceHead head, TraceOwners owners) => (Source, Head, Owners) = (source, head, owners);

    public TraceSource Source { get; }

    public TraceHead Head { get; }

    public TraceOwners Owners { get; }

    /// <summary>Who held the sockets that were there before, as records; only for a trace that will be kept.</summary>
    public TraceFrames Known { get; private init; } = new();

    /// <exception cref="IOException">Nothing can be traced.</exception>
    public static TraceGround OpenLive(Session session, LiveMachine machine, TraceWish wish, bool isKept)
    {
        var owners = new TraceOwners(machine, machine.Places, session.Clock);
        TraceFrames known = isKept ? owners.Survey(OwnersMax) : new TraceFrames();
        TraceSource source = Tracer.Open(wish.ToRequest(), machine.Places, session.MayUseBpf);
        return new TraceGround(source, HeadOf(session, machine, wish, source), owners) { Known = known };
    }

    /// <exception cref="UsageException">It is no trace.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static TraceGround OpenFile(Session session, string path)
    {
        TraceFileReader reader = TraceFileReader.Open(path);
        return new TraceGround(reader, reader.Head, new TraceOwners(null, reader.Head.Namespaces, session.Clock));
    }

    public void Dispose() => Source.Dispose();

    private static TraceHead HeadOf(Session session, LiveMachine machine, TraceWish wish, TraceSource source) => new()
    {
        Host = Environment.MachineName,
        Kernel = new SysctlReader().Read("kernel.osrelease"),
        StartedAt = session.Clock.GetUtcNow(),
        Clock = TraceClock.Read(session.Clock),
        Topics = wish.Topics,
        From = wish.From,
        To = wish.To,
        Filter = wish.FilterText,
        Namespaces = machine.Places,
        Names = source.Names,
        Source = source.Description,
        BlindSpots = source.BlindSpots,
    };
}
