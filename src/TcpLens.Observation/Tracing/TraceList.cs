namespace TcpLens.Observation;

/// <summary>A source in memory: what is added is given out once, in that order.</summary>
public sealed class TraceList(TraceNames? names = null) : TraceSource
{
    private TraceFrames _coming = new();
    private TraceFrames _taken = new();
    private ulong _lost;
    private bool _isEnded;

    public override ulong Lost => _lost;

    public override bool IsAtEnd => _isEnded && _coming.IsEmpty && _taken.IsEmpty;

    public override TraceNames Names => names ?? TraceNames.None;

    public override string Description => "records in memory";

    public void Add(in TraceRecord record) => _coming.Add(in record);

    public void Add(in TraceRecord record, in LifeTail tail) => _coming.Add(in record, in tail);

    /// <summary>Notes that so many records should have been here, and are not.</summary>
    public void Lose(ulong records) => _lost += records;

    /// <summary>Nothing more will be added.</summary>
    public void End() => _isEnded = true;

    public override ReadOnlySpan<byte> Take()
    {
        if (_taken.IsEmpty)
        {
            (_coming, _taken) = (_taken, _coming);
        }

        return _taken.Octets;
    }

    public override void Release() => _taken.Clear();
}
