namespace TcpLens.Capture;

/// <summary>
/// Several captures as one: segments in the order of their times, where those of each file alone are left in the file's order. At
/// most one block of each file is in memory.
/// </summary>
public sealed class MergedReader : IPacketSource
{
    // So many segments a batch: enough to work through at once, few enough for a live view.
    private const int SegmentsPerBatch = 4096;

    private readonly Input[] _inputs;
    private readonly PriorityQueue<Input, (long Time, int File)> _waiting = new();

    /// <param name="readers">Disposed with this; <see cref="CapturedSegment.File"/> counts in their order.</param>
    public MergedReader(IReadOnlyList<CaptureReader> readers)
    {
        Readers = readers;
        _inputs = [.. readers.Select(static (reader, file) => new Input(reader, file))];
    }

    public IReadOnlyList<CaptureReader> Readers { get; }

    /// <summary>Of all files together, made at each call.</summary>
    public CaptureTally Tally => CaptureTally.Sum(Readers.Select(static reader => reader.Tally));

    public IReadOnlyList<CaptureDamage> Damage => [.. Readers.SelectMany(static reader => reader.Damage)];

    public bool TryRead(PacketBatch batch)
    {
        batch.Clear();
        foreach (Input input in _inputs)
        {
            Await(input);
        }

        while (batch.Count < SegmentsPerBatch && _waiting.TryPeek(out Input? first, out _) && first.TryMoveTo(batch))
        {
            _waiting.Dequeue();
            first.IsWaiting = false;
            Await(first);
        }

        return batch.Count > 0;
    }

    public void Dispose()
    {
        foreach (CaptureReader reader in Readers)
        {
            reader.Dispose();
        }
    }

    private void Await(Input input)
    {
        if (!input.IsWaiting && input.TryFindNext())
        {
            input.IsWaiting = true;
            _waiting.Enqueue(input, (input.Next.TimeNanoseconds, input.File));
        }
    }

    /// <summary>One of the files, and its next segment.</summary>
    private sealed class Input(CaptureReader reader, int file)
    {
        private readonly PacketBatch _batch = new();
        private int _next;

        public int File => file;

        public bool IsWaiting { get; set; }

        public ref readonly CapturedSegment Next => ref _batch.Segments[_next];

        public bool TryFindNext()
        {
            bool isThere = _next < _batch.Count;
            while (!isThere && reader.TryRead(_batch))
            {
                _next = 0;
                isThere = _batch.Count > 0;
            }

            return isThere;
        }

        /// <summary>False when the batch has no room for the payload.</summary>
        public bool TryMoveTo(PacketBatch batch)
        {
            ref readonly CapturedSegment next = ref Next;
            if (!batch.TryAdd(in next, _batch.PayloadOf(in next), (ushort)file))
            {
                return false;
            }

            _next++;
            return true;
        }
    }
}
