using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Everything that a tracer told, by socket.</summary>
internal sealed class Told
{
    /// <summary>Nobody listens there: who goes there is a fence, and no part of a script.</summary>
    public const int FencePort = 1;

    private readonly List<ToldSocket> _sockets = [];
    private readonly List<TraceRecord> _all = [];
    private readonly List<TraceRecord> _strays = [];

    /// <summary>Those that changed their state, in the order of their first change.</summary>
    public IEnumerable<ToldSocket> Sockets => _sockets.Where(static socket => socket is { Changes.Count: > 0, First.RemotePort: not FencePort });

    /// <summary>Fences that are told to their end.</summary>
    public int Fences => _sockets.Count(static socket => socket is { Changes: [{ RemotePort: FencePort }, _] });

    public IReadOnlyList<TraceRecord> All => _all;

    /// <summary>Events about no connection, or about one without a number.</summary>
    public IReadOnlyList<TraceRecord> Strays => _strays;

    public ToldSocket Listener => Assert.Single(Sockets, static socket => socket.Path.StartsWith("CLOSE>LISTEN", StringComparison.Ordinal));

    /// <summary>The one that called connect().</summary>
    public ToldSocket Client => Assert.Single(Sockets, static socket => socket.Path.StartsWith("CLOSE>SYN_SENT", StringComparison.Ordinal));

    /// <summary>The child of a listener.</summary>
    public ToldSocket Server => Assert.Single(Sockets, static socket => socket.First.Has(TraceMarks.Born));

    public IEnumerable<TraceRecord> Of(TraceKind kind) => _all.Where(record => record.Kind == kind);

    /// <summary>Adds what the source has now.</summary>
    public Told ReadAll(TraceSource source)
    {
        TraceBatch batch = new(source.Take());
        while (batch.MoveNext())
        {
            LifeTail tail = batch.Tail;
            Add(in batch.Current, in tail);
        }

        source.Release();
        return this;
    }

    private void Add(in TraceRecord record, in LifeTail tail)
    {
        _all.Add(record);
        if (record.Cookie == 0)
        {
            _strays.Add(record);
            return;
        }

        ulong cookie = record.Cookie;
        ToldSocket? socket = _sockets.Find(known => known.Cookie == cookie);
        if (socket is null)
        {
            _sockets.Add(socket = new ToldSocket(cookie));
        }

        socket.Add(in record, in tail);
    }

    /// <summary>The changes counted as <see cref="TransitionCounter"/> does it: how long a child was in SYN_RECV it does not look at.</summary>
    /// <param name="withEarlyEnds">
    /// Mini-sockets that ended before their time too: of these it learns when their memory is used again, unless a reset was the cause.
    /// </param>
    public TransitionCounts Count(bool withEarlyEnds)
    {
        TransitionCounts counts = new();
        foreach (TraceRecord record in _all.Where(record => record.Kind == TraceKind.StateChange || (withEarlyEnds && IsEarlyEnd(in record))))
        {
            bool isBorn = record.Has(TraceMarks.Born);
            counts.Count(record.From, record.To, isBorn ? null : record.NanosecondsInOldState);
            if (isBorn)
            {
                counts.Count(TcpState.Listen, TcpState.SynReceived, null);
            }
        }

        return counts;
    }

    /// <summary>Everything, for the message of a test that fails.</summary>
    public override string ToString() => string.Join('\n', _all.Select(static one
        => $"{one.AtNanoseconds} {one.Kind} {one.From}>{one.To} {one.Local} {one.Remote} cookie {one.Cookie} {one.Command}/{one.Pid} "
            + $"errno {one.Errno} reason {one.Reason} [{one.Marks}] after {one.NanosecondsInOldState} seq {one.Sequence}+{one.SegmentLength} "
            + $"{one.SegmentBits} attempt {one.Attempt} {one.Phase}"));

    /// <summary>What was taken for the early end of a TIME_WAIT, and was none, is followed by its beginning anew.</summary>
    private bool IsEarlyEnd(in TraceRecord record)
    {
        int next = _all.IndexOf(record) + 1;
        bool isTakenBack = next > 0 && next < _all.Count && _all[next].Kind == TraceKind.TimeWaitRestarted && _all[next].Socket == record.Socket;
        return record.Kind == TraceKind.TimeWaitCancelled && !isTakenBack;
    }
}
