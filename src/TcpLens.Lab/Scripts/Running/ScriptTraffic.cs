using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>The segments of a script, to and from the connection that it is about.</summary>
internal sealed class ScriptTraffic(Script script, IScriptMachine machine, ScriptKnobs knobs, ScriptAddresses addresses)
{
    private const ushort FirstRemotePort = 53055;

    private readonly byte[] _packet = new byte[PacketBuilder.MaxLength];
    private readonly IScriptMachine _machine = machine;
    private readonly ScriptKnobs _knobs = knobs;
    private readonly ScriptAddresses _addresses = addresses;
    private readonly ushort _segmentSize = SegmentSize(script);
    private readonly uint? _timestampTick = Tick(script);
    private ushort _remotePort = FirstRemotePort;
    private ScriptFlow? _flow;
    private bool _isConnecting;

    /// <summary>A call is about to be made: it may begin another connection.</summary>
    public void Prepare(CallStatement call)
    {
        if (call.Function == "connect" && !_isConnecting && _flow?.HasSyn != true)
        {
            _isConnecting = true;
            _flow = null;
        }
        else if (call.Function == "socket")
        {
            _isConnecting = false;
            _flow = null;
        }
    }

    public void Inject(ScriptSegment segment)
    {
        Refuse(segment);
        ScriptFlow flow = Flow();
        bool isSyn = segment.Bits.Has(ControlBits.Syn);
        if (isSyn && !segment.Bits.Has(ControlBits.Ack))
        {
            flow.ExpectNewSyn();
        }

        if (isSyn)
        {
            flow.PeerSyn = segment.Sequence;
            flow.PeerOffersScale = HasScale(segment.Options);
        }

        if (isSyn && segment.Bits.Has(ControlBits.Ack) && flow.HasSyn)
        {
            flow.OnPeersAnswer();
        }

        int length = PacketBuilder.Segment(_packet, flow, segment, Sequence(segment, flow));
        bool isLong = _segmentSize != 0 && segment.PayloadLength > _segmentSize;
        _machine.Inject(_packet.AsSpan(0, length), isLong ? _segmentSize : (ushort)0);
    }

    public void Inject(ScriptIcmp message)
    {
        ScriptFlow flow = Flow();
        int length = PacketBuilder.Icmp(_packet, flow, message, IcmpKind.Of(message, _addresses.IsV4));
        _machine.Inject(_packet.AsSpan(0, length), 0);
    }

    /// <summary>The next segment of this connection; null when there is none.</summary>
    public SniffedSegment? Take(ScriptSegment expected)
    {
        Refuse(expected);
        while (_machine.Sent.Take(expected.PayloadLength) is { } segment)
        {
            bool isNew = _isConnecting && segment.Bits.Has(ControlBits.Syn);
            _flow ??= isNew ? new(segment.Source, segment.Destination) : null;
            if (_flow is not { } flow || (segment.Destination != flow.Remote && !isNew))
            {
                continue;
            }

            Learn(expected, segment, flow);
            return segment;
        }

        return null;
    }

    public string Describe(SniffedSegment segment) => SegmentText.Describe(segment, _flow!);

    public string? Difference(ScriptSegment expected, SniffedSegment actual)
        => new SegmentMatch(_knobs.Profile, _knobs.ComparesScale, _flow!).Difference(expected, actual) ?? TimestampDifference(expected, actual);

    private ScriptFlow Flow() => _flow ??= new(new(_addresses.Local, _addresses.BindPort), new(_addresses.Remote, _remotePort++));

    private static void Learn(ScriptSegment expected, SniffedSegment segment, ScriptFlow flow)
    {
        if (segment.Bits.Has(ControlBits.Syn) && !flow.HasSyn && expected.Bits.Has(ControlBits.Syn))
        {
            flow.OnSyn(expected.Sequence, segment.Sequence);
            flow.OffersScale = HasScale(segment.Options);
        }

        if (segment.Bits.Has(ControlBits.Syn | ControlBits.Ack))
        {
            flow.OffersScale = HasScale(segment.Options);
            flow.OnAnswer();
        }

        if (segment.Bits.Has(ControlBits.Ack) && !segment.Bits.Has(ControlBits.Rst))
        {
            flow.ReceiveNext = segment.Acknowledgment;
        }

        if (Timestamp(expected.Options) is { } script && Timestamp(segment.Options) is { } live)
        {
            flow.OnTimestamp(script, live, segment.At);
        }
    }

    /// <summary>
    /// FreeBSD judges by its buffer, which is a little larger than the window that 16 bits can offer; a place at the buffer's edge means the edge of the window
    /// that was offered.
    /// </summary>
    private SeqNum Sequence(ScriptSegment segment, ScriptFlow flow)
    {
        SeqNum sequence = flow.PeerToLive(segment.Sequence, segment.IsSequenceAbsolute || segment.Bits.Has(ControlBits.Syn));
        int buffer = ScriptKnobs.WholeSegments(_knobs.ReceiveSpace, _addresses.SegmentSize(_knobs.Mtu));
        int beyond = buffer - ushort.MaxValue;
        bool isAtEdge = _knobs.Profile == ScriptProfile.FreeBsd && beyond > 0 && !flow.IsScaled && sequence - flow.ReceiveNext >= buffer - 1;
        return isAtEdge ? sequence + unchecked((uint)-beyond) : sequence;
    }

    /// <summary>With --tcp_ts_tick_usecs the stack's clock has to keep step with the script's, within a tick and an eighth.</summary>
    private string? TimestampDifference(ScriptSegment expected, SniffedSegment actual)
    {
        if (_timestampTick is not { } tick || Timestamp(expected.Options) is not { } script || Timestamp(actual.Options) is not { } live)
        {
            return null;
        }

        double wanted = (_flow!.ScriptTicksSinceFirst(script) ?? 0) * (double)tick;
        double found = (_flow.LiveTicksSinceFirst(live) ?? 0) * 1000.0;
        return Math.Abs(wanted - found) <= Math.Max(4000 + tick, wanted / 8) ? null : "timestamp";
    }

    private static bool HasScale(IReadOnlyList<ScriptOption>? options) => options?.Any(static option => option.Kind == TcpOptionKind.WindowScale) == true;

    private static uint? Timestamp(IReadOnlyList<ScriptOption>? options)
        => options?.FirstOrDefault(static option => option.Kind == TcpOptionKind.Timestamps)?.First;

    private static void Refuse(ScriptSegment segment)
    {
        if (segment.Unsupported is { } feature)
        {
            throw new UnsupportedFeatureException(feature);
        }

        if (segment.Socket is not null)
        {
            throw new UnsupportedFeatureException("segments of several sockets");
        }
    }

    private static ushort SegmentSize(Script script)
        => script.Options.TryGetValue("mss", out string? text) && ushort.TryParse(text, out ushort size) ? size : (ushort)0;

    private static uint? Tick(Script script)
        => script.Options.TryGetValue("tcp_ts_tick_usecs", out string? text) && uint.TryParse(text, out uint tick) && tick > 0 ? tick : null;
}
