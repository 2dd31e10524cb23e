using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>What the two SYNs offer and agree on: options are used only when both carried them (RFC 7323 §2.2 and §3.2, RFC 2018 §2, RFC 3168 §6.1.1).</summary>
internal struct Negotiation(TcpSettings settings, in ConnectionStart start)
{
    private const int TimestampOctets = 12;

    /// <summary>
    /// A peer cannot have less than this in a segment, all options and eight octets (Linux: tcp_min_snd_mss): whoever asks for less wants to be sent headers
    /// (CVE-2019-11479).
    /// </summary>
    private const ushort LeastSegmentSize = 48;

    private readonly TcpSettings _settings = settings;
    private readonly ConnectionStart _start = start;
    private SegmentOptionSet _agreed = SegmentOptionSet.None;
    private ushort _peerSegmentSize = start.DefaultSegmentSize;
    private ushort _pathSegmentSize = Least(start.LinkSegmentSize, start.PathSegmentSize);

    public readonly bool HasSack => (_agreed & SegmentOptionSet.SackPermitted) != SegmentOptionSet.None;

    public readonly bool HasTimestamps => (_agreed & SegmentOptionSet.Timestamps) != SegmentOptionSet.None;

    public readonly bool HasWindowScaling => (_agreed & SegmentOptionSet.WindowScale) != SegmentOptionSet.None;

    public bool HasEcn { get; private set; }

    /// <summary>SYN and SYN-ACK ask for and agree to ECN.</summary>
    public bool OffersEcn { get; private set; } = settings.RequestEcn;

    public readonly int MaximumBurst => _start.MaximumBurst;

    /// <summary>The MSS option we send: what the link takes (MUST-67), or less when the program says so.</summary>
    public readonly ushort AdvertisedSegmentSize(ConnectionOptions options) => Least(_start.LinkSegmentSize, options.MaximumSegmentSize);

    /// <summary>
    /// Eff.snd.MSS (MUST-16): what the peer takes and the path carries, less the options that every segment has.
    /// </summary>
    public readonly int SendSegmentSize(ConnectionOptions options)
    {
        int size = Math.Min(Least(_peerSegmentSize, options.MaximumSegmentSize), _pathSegmentSize);
        return Math.Max(size - (HasTimestamps ? TimestampOctets : 0), 1);
    }

    /// <summary>The shift that makes the receive buffer sayable.</summary>
    public readonly WindowScale OfferedScale
    {
        get
        {
            byte shift = 0;
            while (shift < WindowScale.MaxShift && (uint)_settings.ReceiveBuffer >> shift > ushort.MaxValue)
            {
                shift++;
            }

            return new(_settings.WindowShift ?? shift);
        }
    }

    /// <summary>The options of our SYN, or of our SYN-ACK when the peer's SYN is known (<see cref="Take"/>): what it did not offer is left out.</summary>
    public readonly SegmentOptions SynOptions(bool isAnswer, ConnectionOptions options)
    {
        var offered = new SegmentOptions
        {
            Present = SegmentOptionSet.MaximumSegmentSize | (isAnswer ? _agreed : Offered),
            MaximumSegmentSize = AdvertisedSegmentSize(options),
            WindowScale = OfferedScale,
        };
        if (options.AdvertiseUserTimeout && options.UserTimeout > TimeSpan.Zero)
        {
            offered.Present |= SegmentOptionSet.UserTimeout;
            offered.UserTimeout = UserTimeoutOption.Encode(options.UserTimeout);
        }

        return offered;
    }

    /// <summary>The peer's SYN or SYN-ACK came: what both offer is agreed.</summary>
    public void Take(in TcpSegment syn)
    {
        SegmentOptions theirs = syn.Options;
        _agreed = Offered & theirs.Present;
        if (theirs.Has(SegmentOptionSet.MaximumSegmentSize) && theirs.MaximumSegmentSize > 0)
        {
            _peerSegmentSize = Math.Max(theirs.MaximumSegmentSize, LeastSegmentSize);
        }

        const ControlBits both = ControlBits.Ece | ControlBits.Cwr;
        HasEcn = syn.Has(ControlBits.Ack)
            ? OffersEcn && (syn.Bits & both) == ControlBits.Ece
            : _settings.AcceptEcn && (syn.Bits & both) == both;
        OffersEcn = HasEcn;
    }

    /// <summary>A SYN that asked for ECN was lost: perhaps because it asked (RFC 3168 §6.1.1.1).</summary>
    public void GiveUpEcn() => OffersEcn = HasEcn = false;

    /// <summary>The path carries less than thought. True when that changes something.</summary>
    public bool SetPathSegmentSize(ushort size)
    {
        bool smaller = size < _pathSegmentSize;
        _pathSegmentSize = Math.Min(_pathSegmentSize, size);
        return smaller;
    }

    private readonly SegmentOptionSet Offered =>
        (_settings.WindowScaling ? SegmentOptionSet.WindowScale : SegmentOptionSet.None)
        | (_settings.Timestamps ? SegmentOptionSet.Timestamps : SegmentOptionSet.None)
        | (_settings.SelectiveAcknowledgment ? SegmentOptionSet.SackPermitted : SegmentOptionSet.None);

    private static ushort Least(ushort size, ushort limit) => limit == 0 ? size : Math.Min(size, limit);
}
