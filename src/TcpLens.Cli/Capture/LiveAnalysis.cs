using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TcpLens.Capture;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Follows connections while packets are captured, on a thread of its own: whatever it is busy with, and however slow the terminal, the
/// capture goes on. What it has no time for it leaves out, and counts.
/// </summary>
internal sealed class LiveAnalysis : IDisposable
{
    /// <summary>Chunks that may wait to be looked at: some 24 MB, a second at full speed.</summary>
    private const int MostChunks = 24;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<PacketChunk> _filled = [];
    private readonly ConcurrentQueue<PacketChunk> _free = [];
    private readonly LinkType _linkType;
    private readonly LiveConsumer _consumer;
    private readonly ConnectionAnalyzer _analyzer;
    private readonly PacketDecoder _decoder;
    private readonly PacketBatch _batch = new();
    private readonly Thread _thread;
    private CaptureProgress? _progress;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isOver;
    private int _chunks = 1;

    public LiveAnalysis(LinkType linkType, AnalyzerOptions options, LiveConsumer consumer)
    {
        (_linkType, _consumer) = (linkType, consumer);
        _analyzer = new(options, consumer);
        _decoder = new(new ReaderOptions(), Tally);
        _thread = new Thread(Work) { IsBackground = true, Name = "analysis" };
        _thread.Start();
    }

    public CaptureTally Tally { get; } = new();

    /// <summary>Packets that were captured and not looked at.</summary>
    public long Unseen { get; private set; }

    /// <summary>Connections that were given up to make room for others.</summary>
    public long Evicted => _analyzer.Evicted;

    /// <summary>True when whoever looks has seen enough, or can be shown no more.</summary>
    public bool IsOver => _isOver || _consumer.IsDone;

    /// <summary>Takes a chunk to look at, and gives one to fill. Called by the thread that captures; it never waits.</summary>
    public PacketChunk Exchange(PacketChunk full)
    {
        if (!_free.TryDequeue(out PacketChunk? empty))
        {
            if (_chunks == MostChunks || _isOver)
            {
                Unseen += full.Packets;
                full.Clear();
                return full;
            }

            _chunks++;
            empty = new PacketChunk();
        }

        _filled.Add(full);
        return empty;
    }

    /// <summary>How far the capture has come.</summary>
    public void Tell(CaptureProgress progress) => Volatile.Write(ref _progress, progress);

    /// <summary>Waits until all was looked at; then no connection is open any more.</summary>
    /// <exception cref="IOException">What was found could not be shown.</exception>
    public void Complete()
    {
        _filled.CompleteAdding();
        _thread.Join();
        _failure?.Throw();
        _analyzer.Complete();
    }

    public void Dispose()
    {
        if (!_filled.IsAddingCompleted)
        {
            _filled.CompleteAdding();
            _thread.Join();
        }

        _filled.Dispose();
    }

    private void Work()
    {
        try
        {
            while (!_filled.IsCompleted)
            {
                if (_filled.TryTake(out PacketChunk? chunk, Moment))
                {
                    Look(chunk);
                    chunk.Clear();
                    _free.Enqueue(chunk);
                }

                _consumer.EndRound(Volatile.Read(ref _progress));
            }
        }
        catch (Exception failure)
        {
            // Passed on to the thread that captures, which ends then.
            _failure = ExceptionDispatchInfo.Capture(failure);
            _isOver = true;
        }
    }

    private void Look(PacketChunk chunk)
    {
        ReadOnlySpan<byte> rest = chunk.Blocks;
        while (!rest.IsEmpty)
        {
            int length = PcapngBlocks.ReadPacket(rest, out long time, out ReadOnlySpan<byte> captured, out int originalLength);
            _consumer.Packet(time, captured, originalLength);
            var stamp = new PacketStamp(time, Tally.Packets + 1, (uint)originalLength, _linkType);
            if (!_decoder.TryAdd(_batch, captured, in stamp))
            {
                Follow();
                _ = _decoder.TryAdd(_batch, captured, in stamp);
            }

            rest = rest[length..];
        }

        Follow();
    }

    private void Follow()
    {
        foreach (ref readonly CapturedSegment segment in _batch.Segments)
        {
            _analyzer.Take(in segment, _batch.PayloadOf(in segment));
        }

        _batch.Clear();
    }
}
