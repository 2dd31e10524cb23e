using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>
/// What a source tells, read all the time as a tracer's user does: tracepoints are the whole machine's, and a ring that nobody reads
/// fills with what others do. Of that only what has no address is kept (<see cref="OwnPlace"/>).
/// </summary>
internal sealed class Collected : IDisposable
{
    private readonly TraceSource _source;
    private readonly List<(TraceRecord Record, LifeTail Tail)> _all = [];
    private readonly Thread _reader;
    private volatile bool _ends;

    public Collected(TraceSource source)
    {
        _source = source;
        _reader = new Thread(ReadOn);
        _reader.Start();
    }

    public List<TraceRecord> Records => All().ConvertAll(one => one.Record);

    public List<(TraceRecord Record, LifeTail Tail)> Lives => All().FindAll(one => one.Record.Kind == TraceKind.LifeEnded);

    /// <summary>Waits until a record fulfils the condition, and returns it.</summary>
    public TraceRecord Some(Func<TraceRecord, bool> condition, string what)
    {
        TraceRecord found = default;
        WaitUntil(() => (found = Records.Find(record => condition(record))) != default, what);
        return found;
    }

    /// <summary>True when such a record comes in so much time.</summary>
    public bool HasWithin(TimeSpan time, Predicate<TraceRecord> condition)
        => SpinWait.SpinUntil(() => Records.Exists(condition), time);

    public void WaitUntil(Func<bool> condition, string what)
    {
        try
        {
            Until.True(condition, what);
        }
        catch (TimeoutException late)
        {
            List<TraceRecord> all = Records;
            IEnumerable<string> kinds = all.CountBy(static record => record.Kind).Select(static kind => $"{kind.Value} {kind.Key}");
            IEnumerable<string> last = all.FindAll(static record => record.Local.Port != 0).TakeLast(12)
                .Select(static record => $"{record.Kind} {record.Local} {record.Remote} {record.From}>{record.To}");
            throw new TimeoutException(
                $"{late.Message}; {_source.Description}; {_source.Lost} events found no room; {string.Join(", ", kinds)}; the last with ports: {string.Join(", ", last)}", late);
        }
    }

    /// <summary>Changes in order, of the sockets with that local port.</summary>
    public List<TraceRecord> ChangesOf(int localPort)
        => Records.FindAll(record => record.Kind == TraceKind.StateChange && record.LocalPort == localPort);

    /// <summary>As a text, "SynSent>Established"; a birth is shown with the change before it.</summary>
    public string TextOf(int localPort) => string.Join(' ', ChangesOf(localPort)
        .Select(record => $"{(record.Has(TraceMarks.Born) ? "Listen>" : "")}{record.From}>{record.To}"));

    public bool HasChange(int localPort, TcpState to) => ChangesOf(localPort).Exists(record => record.To == to);

    public void WaitForChange(int localPort, TcpState to) => WaitUntil(() => HasChange(localPort, to), $"port {localPort} must be seen to reach {to}");

    public void Dispose()
    {
        _ends = true;
        _reader.Join();
    }

    private List<(TraceRecord Record, LifeTail Tail)> All()
    {
        lock (_all)
        {
            return [.. _all];
        }
    }

    private void ReadOn()
    {
        while (!_ends)
        {
            TraceBatch batch = new(_source.Take());
            lock (_all)
            {
                while (batch.MoveNext())
                {
                    if (OwnPlace.IsOwn(batch.Current))
                    {
                        _all.Add((batch.Current, batch.Tail));
                    }
                }
            }

            _source.Release();
            if (batch.Consumed == 0)
            {
                Thread.Sleep(5);
            }
        }
    }
}
