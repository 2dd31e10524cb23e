using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// Makes one life of two halves: one source saw the path through the states, another the octets. They share no number for the
/// connection, so addresses, ports and the time tell that they belong together. A half whose other one is late or lost is told alone.
/// <code>
/// joiner.OnPath(in record, in tail, now);      // or OnCounts(in record, in tail, now)
/// joiner.OnTimeout(now);                       // when joiner.NextTimeout has come
/// foreach (ref readonly TraceRecord life in new TraceBatch(told.Octets)) { … }
/// </code>
/// </summary>
/// <param name="told">Where lives are written to.</param>
public sealed class LifeJoiner(TraceFrames told)
{
    /// <summary>Who reads every 20 ms then tells each life within 100 ms of its end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(80);

    /// <summary>Halves that can wait: 5 MB of them, the ends of more than 200,000 connections in a second. Beyond, the oldest waits no longer.</summary>
    public const int WaitingMax = 1 << 14;

    /// <summary>
    /// Lives told by halves that are remembered, in 7 MB: a process may keep a dead connection for hours, and only when it closes it
    /// does the kernel tell the octets. That is no second life.
    /// </summary>
    public const int ToldMax = 1 << 16;

    private readonly KeyedQueue<LifeKey, LifeHalf> _waiting = new(WaitingMax);
    private readonly KeyedQueue<LifeKey, Nothing> _toldByHalf = new(ToldMax);

    /// <summary>Halves that came after their other one had been told alone. What only they knew is in no record.</summary>
    public ulong TooLate { get; private set; }

    public int Waiting => _waiting.Count;

    /// <summary>When <see cref="OnTimeout"/> will have something to do.</summary>
    public Instant NextTimeout => Waiting == 0 ? Instant.Never : _waiting.Oldest.Came + Patience;

    /// <summary>A life of which the source knows the path, and not the octets.</summary>
    public void OnPath(in TraceRecord record, in LifeTail tail, Instant now) => On(in record, in tail, isPath: true, now);

    /// <summary>A life of which the source knows the octets, and not the path.</summary>
    public void OnCounts(in TraceRecord record, in LifeTail tail, Instant now) => On(in record, in tail, isPath: false, now);

    /// <summary>Tells alone what has waited long enough.</summary>
    public void OnTimeout(Instant now)
    {
        while (NextTimeout <= now)
        {
            TellOldestAlone();
        }
    }

    /// <summary>Tells alone whatever still waits: nothing more will come.</summary>
    public void OnEnd()
    {
        while (Waiting > 0)
        {
            TellOldestAlone();
        }
    }

    private void On(in TraceRecord record, in LifeTail tail, bool isPath, Instant now)
    {
        // A half that waits comes before one that was told: where addresses and ports were used again, the younger life is the likelier.
        LifeKey other = LifeKey.Of(in record, !isPath);
        if (_waiting.TryTake(other, out LifeHalf half))
        {
            LifeHalf mine = new(record, tail, isPath, now);
            Tell(isPath ? mine.With(in half) : half.With(in mine));
        }
        else if (_toldByHalf.TryTake(other, out _))
        {
            TooLate++;
        }
        else
        {
            if (_waiting.IsFull)
            {
                TellOldestAlone();
            }

            _waiting.Add(LifeKey.Of(in record, isPath), new LifeHalf(record, tail, isPath, now));
        }
    }

    private void TellOldestAlone()
    {
        LifeHalf half = _waiting.TakeOldest();
        if (_toldByHalf.IsFull)
        {
            _toldByHalf.TakeOldest();
        }

        _toldByHalf.Add(LifeKey.Of(in half.Record, half.IsPath), default);
        Tell(in half);
    }

    private void Tell(in LifeHalf life) => told.Add(in life.Record, in life.Tail);

    private readonly struct Nothing;

    /// <summary>What both sources tell alike, and which of the two it was.</summary>
    private readonly record struct LifeKey(WireAddress Local, WireAddress Remote, uint Ports, bool IsPath)
    {
        public static LifeKey Of(in TraceRecord record, bool isPath)
            => new(record.LocalAddress, record.RemoteAddress, ((uint)record.LocalPort << 16) | record.RemotePort, isPath);
    }
}
