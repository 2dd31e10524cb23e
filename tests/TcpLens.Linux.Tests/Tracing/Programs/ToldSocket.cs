using System.Text;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>What a tracer told of one end of a connection, its mini-socket included: the records with its cookie, in order.</summary>
internal sealed class ToldSocket(ulong cookie)
{
    private readonly List<TraceRecord> _changes = [];
    private readonly List<TraceRecord> _events = [];

    public ulong Cookie => cookie;

    /// <summary>State changes, and what happened to the timer of a TIME_WAIT.</summary>
    public IReadOnlyList<TraceRecord> Changes => _changes;

    public IReadOnlyList<TraceRecord> Events => _events;

    public TracedLife? Life { get; private set; }

    /// <summary>
    /// The states in the order in which they were told: "CLOSE>SYN_SENT>ESTABLISHED". A TIME_WAIT that ended early is "TIME_WAIT~CLOSE", one
    /// that began anew "TIME_WAIT*"; where the next change does not begin with the state that the last one led to stands " ? ".
    /// </summary>
    public string Path
    {
        get
        {
            StringBuilder path = new();
            TcpState at = default;
            foreach (TraceRecord change in _changes)
            {
                Append(path, in change, at);
                at = change.To;
            }

            return path.ToString();
        }
    }

    public TraceRecord First => _changes[0];

    public TraceRecord Last => _changes[^1];

    /// <summary>The one change to that state.</summary>
    public TraceRecord To(TcpState state) => Assert.Single(_changes, change => change.To == state);

    public IReadOnlyList<TraceRecord> Of(TraceKind kind) => [.. _events.Where(one => one.Kind == kind)];

    public override string ToString() => Path;

    public void Add(in TraceRecord record, in LifeTail tail)
    {
        switch (record.Kind)
        {
            case TraceKind.StateChange or TraceKind.TimeWaitCancelled or TraceKind.TimeWaitRestarted:
                _changes.Add(record);
                break;
            case TraceKind.LifeEnded:
                Assert.Null(Life);
                Life = new TracedLife(record, tail);
                break;
            default:
                _events.Add(record);
                break;
        }
    }

    private static void Append(StringBuilder path, in TraceRecord change, TcpState at)
    {
        if (change.Kind == TraceKind.TimeWaitRestarted)
        {
            // It was no end, after all.
            if (path.ToString().EndsWith("~CLOSE", StringComparison.Ordinal))
            {
                path.Length -= "~CLOSE".Length;
            }

            path.Append('*');
            return;
        }

        bool isBorn = change.Has(TraceMarks.Born);
        TcpState from = isBorn ? TcpState.Listen : change.From;
        if (at != from)
        {
            path.Append(path.Length == 0 ? "" : " ? ").Append(from.Name(StateSpelling.Netstat));
        }

        if (isBorn)
        {
            path.Append('>').Append(change.From.Name(StateSpelling.Netstat));
        }

        path.Append(change.Kind == TraceKind.TimeWaitCancelled ? '~' : '>').Append(change.To.Name(StateSpelling.Netstat));
    }
}
