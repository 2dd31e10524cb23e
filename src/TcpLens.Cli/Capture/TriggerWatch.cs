using TcpLens.Capture;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Waits for what triggers stand for, in the packets and in what is found out about them.</summary>
/// <param name="triggers">Any of them.</param>
/// <param name="linkType">LINKTYPE_… of the packets, for their filters.</param>
/// <param name="fire">Hears of each; called by the thread that follows connections.</param>
internal sealed class TriggerWatch(IReadOnlyList<Trigger> triggers, int linkType, Action<Firing> fire) : LiveConsumer, IDisposable
{
    private readonly (Trigger Trigger, SecondCounter Counter, PacketFilter? Filter)[] _watched =
        [.. triggers.Select(trigger => (trigger, new SecondCounter(trigger.Kind == TriggerKind.SynFlood ? 0 : trigger.Threshold), trigger.Compile(linkType)))];

    private readonly SynWatch _syns = new();

    public override void Packet(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
        foreach ((Trigger trigger, SecondCounter counter, PacketFilter? filter) in _watched)
        {
            if (filter?.Matches(captured, originalLength) == true && counter.IsExceededAt(timeNanoseconds))
            {
                fire(new(trigger.Text, timeNanoseconds, $"a packet of {originalLength:N0} octets that \"{trigger.Filter}\" takes"));
            }
        }
    }

    public override void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        foreach ((Trigger trigger, SecondCounter counter, _) in _watched)
        {
            bool isMet = trigger.Kind switch
            {
                TriggerKind.Reset => segment.Has(ControlBits.Rst),
                TriggerKind.Refused => segment.Has(ControlBits.Rst | ControlBits.Ack) && segment.Sequence.Value == 0 && verdict.Sender == ConnectionEnd.Responder,
                TriggerKind.Mark => (verdict.Marks & trigger.Mark) != SegmentMarks.None,
                TriggerKind.SynFlood => _syns.IsFlood(in segment, in verdict, trigger.Threshold),
                _ => false,
            };
            if (isMet && counter.IsExceededAt(segment.TimeNanoseconds))
            {
                fire(new(trigger.Text, segment.TimeNanoseconds, Reason(trigger, in segment, in verdict)));
            }
        }
    }

    public void Dispose()
    {
        foreach ((_, _, PacketFilter? filter) in _watched)
        {
            filter?.Dispose();
        }
    }

    private static string Reason(Trigger trigger, in CapturedSegment segment, in SegmentVerdict verdict)
    {
        string what = trigger.Kind switch
        {
            TriggerKind.Reset => $"RST by the {(verdict.Sender == ConnectionEnd.Originator ? "originator" : "responder")}",
            TriggerKind.Refused => "connection refused",
            TriggerKind.SynFlood => "unanswered SYNs",
            _ => trigger.Mark.Name(),
        };
        string rate = trigger.Threshold > 0 ? $", more than {trigger.Threshold:N0} in a second, the last" : "";
        return $"{what}{rate} on connection {verdict.Connection}, segment {EndpointText(segment.Source, segment.SourcePort)} > {EndpointText(segment.Destination, segment.DestinationPort)}";
    }

    private static string EndpointText(HostAddress address, ushort port)
        => address.IsV4Mapped ? $"{address}:{port}" : $"[{address}]:{port}";
}
