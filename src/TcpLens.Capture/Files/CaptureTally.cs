using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a capture held, counted.</summary>
public sealed class CaptureTally
{
    // A file that names ever new link types is hostile; beyond this many they are counted together.
    private const int MaxUnknownLinks = 64;

    private readonly long[] _kinds = new long[Enum.GetValues<PacketKind>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<PacketFault>().Length];
    private readonly Dictionary<LinkType, long> _unknownLinks = [];
    private long _first;
    private long _last;
    private long _previous;

    public long Packets { get; private set; }

    /// <summary>Octets of the packets as sent.</summary>
    public long Octets { get; private set; }

    /// <summary>Octets of the packets that the capture kept.</summary>
    public long CapturedOctets { get; private set; }

    /// <summary>Octets of the file read so far.</summary>
    public long FileOctets { get; internal set; }

    public long TcpSegments => this[PacketKind.Tcp];

    public long Damages { get; internal set; }

    /// <summary>Packets of which the capture kept less than was sent.</summary>
    public long Truncated { get; private set; }

    /// <summary>Packets whose time is before that of the packet before them.</summary>
    public long TimesBackwards { get; private set; }

    /// <summary>Time of the first packet and the latest time of any; null while there is none.</summary>
    public Instant? First => Packets == 0 ? null : new(_first);

    public Instant? Last => Packets == 0 ? null : new(_last);

    /// <summary>Link types of packets that were not read, with how many of each there were.</summary>
    public IReadOnlyDictionary<LinkType, long> UnknownLinks => _unknownLinks;

    public long this[PacketKind kind] => _kinds[(int)kind];

    /// <summary>Malformed packets by reason.</summary>
    public long this[PacketFault fault] => _faults[(int)fault];

    internal void Add(in PacketStamp stamp, int captured)
    {
        Octets += stamp.Length;
        CapturedOctets += captured;
        Truncated += captured < stamp.Length ? 1 : 0;
        long time = stamp.TimeNanoseconds;
        if (Packets == 0)
        {
            _first = _last = _previous = time;
        }

        Packets++;
        TimesBackwards += time < _previous ? 1 : 0;
        _previous = time;
        _last = Math.Max(_last, time);
    }

    internal void Add(PacketKind kind) => _kinds[(int)kind]++;

    internal void Add(in PacketCursor cursor)
    {
        _kinds[(int)cursor.Kind]++;
        if (cursor.Kind == PacketKind.Malformed)
        {
            _faults[(int)cursor.Fault]++;
        }
    }

    internal void AddUnknown(LinkType link)
    {
        LinkType key = _unknownLinks.Count < MaxUnknownLinks || _unknownLinks.ContainsKey(link) ? link : LinkType.Other;
        _unknownLinks[key] = _unknownLinks.GetValueOrDefault(key) + 1;
    }
}
