using System.Runtime.InteropServices;
using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Counts, second by second, the SYNs to each port and the handshakes there that end.</summary>
internal sealed class SynWatch
{
    private const long Second = 1_000_000_000;

    /// <summary>Ports that are told apart in one second; a scan of more is no flood of one.</summary>
    private const int MostPorts = 10_000;

    private readonly Dictionary<Endpoint, (int Syns, int Answered)> _ports = [];
    private long _second;

    /// <summary>True for the SYN that is one too many while fewer than half of them were followed by the ACK that ends the handshake.</summary>
    public bool IsFlood(in CapturedSegment segment, in SegmentVerdict verdict, int threshold)
    {
        bool isSyn = segment.Has(ControlBits.Syn) && !segment.Has(ControlBits.Ack);
        bool isAnswer = !isSyn && verdict is { Sender: ConnectionEnd.Originator, RelativeSequence: 1, RelativeAcknowledgment: 1 } && segment.PayloadLength == 0;
        if (!isSyn && !isAnswer)
        {
            return false;
        }

        if (segment.TimeNanoseconds / Second != _second)
        {
            _second = segment.TimeNanoseconds / Second;
            _ports.Clear();
        }

        var port = new Endpoint(segment.Destination, segment.DestinationPort);
        if (_ports.Count == MostPorts && !_ports.ContainsKey(port))
        {
            return false;
        }

        ref (int Syns, int Answered) counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_ports, port, out _);
        counts = (counts.Syns + (isSyn ? 1 : 0), counts.Answered + (isAnswer ? 1 : 0));
        return isSyn && counts.Syns > threshold && counts.Answered < counts.Syns / 2;
    }
}
