using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Takes an end's octets in the order of its stream.</summary>
internal interface IStreamTaker
{
    /// <param name="end">Whose octets.</param>
    /// <param name="offset">Where in its stream; 0 is the first octet.</param>
    /// <param name="octets">The octets, which are there only during the call.</param>
    /// <param name="timeNanoseconds">Of the segment that brought them.</param>
    void Octets(ConnectionEnd end, long offset, ReadOnlySpan<byte> octets, long timeNanoseconds);

    /// <summary>A stretch that the capture does not have.</summary>
    void Gap(ConnectionEnd end, long offset, long octets);
}

/// <summary>
/// Puts one end's segments in order: each octet once, whatever was sent again or came late. What is missing is waited for until the other
/// end acknowledges it, or until <see cref="WaitingMax"/> octets wait behind it; then it is a gap.
/// </summary>
internal sealed class StreamAssembler(ConnectionEnd end, IStreamTaker taker)
{
    public const int WaitingMax = 1 << 20;

    private readonly SortedDictionary<long, (byte[] Octets, long Time)> _waiting = [];
    private long _next = 1;
    private int _waits;

    public void Take(in CapturedSegment segment, ReadOnlySpan<byte> payload, long relativeSequence)
    {
        if (segment.PayloadLength == 0)
        {
            return;
        }

        long start = relativeSequence + (segment.Has(ControlBits.Syn) ? 1 : 0);
        if (start > _next)
        {
            Wait(start, payload, segment.TimeNanoseconds);
            return;
        }

        Deliver(start, payload, segment.TimeNanoseconds);
        DeliverWaiting();
    }

    /// <summary>The other end has everything before: what did not come until now was not captured.</summary>
    public void Acknowledged(long relativeAcknowledgment)
    {
        while (_waiting.Count > 0 && relativeAcknowledgment > _waiting.Keys.First())
        {
            GiveUp();
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        while (_waiting.Count > 0)
        {
            GiveUp();
        }
    }

    private void Wait(long start, ReadOnlySpan<byte> payload, long time)
    {
        if (payload.IsEmpty || (_waiting.TryGetValue(start, out (byte[] Octets, long Time) there) && there.Octets.Length >= payload.Length))
        {
            return;
        }

        _waits += payload.Length - (there.Octets?.Length ?? 0);
        _waiting[start] = (payload.ToArray(), time);
        while (_waits > WaitingMax)
        {
            GiveUp();
        }
    }

    private void GiveUp()
    {
        long first = _waiting.Keys.First();
        if (first > _next)
        {
            taker.Gap(end, _next - 1, first - _next);
            _next = first;
        }

        DeliverWaiting();
    }

    private void DeliverWaiting()
    {
        while (_waiting.Count > 0 && _waiting.First() is var (start, (octets, time)) && start <= _next)
        {
            _waiting.Remove(start);
            _waits -= octets.Length;
            Deliver(start, octets, time);
        }
    }

    /// <summary>Gives what is new of it. What the snap length cut off shows when something stands behind it.</summary>
    private void Deliver(long start, ReadOnlySpan<byte> octets, long time)
    {
        long known = _next - start;
        if (known >= octets.Length)
        {
            return;
        }

        taker.Octets(end, _next - 1, octets[(int)known..], time);
        _next = start + octets.Length;
    }
}
