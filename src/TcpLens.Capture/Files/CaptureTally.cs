using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a capture held, counted.</summary>
public sealed class CaptureTally
{
    /// <summary>Comments that are kept; the others are counted.</summary>
    public const int MaxComments = 10_000;

    /// <summary>Octets of a comment that are kept.</summary>
    public const int MaxCommentLength = 4096;

    /// <summary>Interfaces that are kept; the others are counted.</summary>
    public const int MaxInterfaces = 4096;

    // A file that names ever new link types is hostile; beyond this many they are counted together.
    private const int MaxUnknownLinks = 64;
    private const uint UsualIpLength = 1500;

    private readonly long[] _kinds = new long[Enum.GetValues<PacketKind>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<PacketFault>().Length];
    private readonly long[] _checksums = new long[Enum.GetValues<ChecksumVerdict>().Length];
    private readonly Dictionary<LinkType, long> _unknownLinks = [];
    private readonly List<CaptureInterface> _interfaces = [];
    private readonly List<CaptureComment> _comments = [];
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

    /// <summary>Where the packets were taken, in the order of the file.</summary>
    public IReadOnlyList<CaptureInterface> Interfaces => _interfaces;

    /// <summary>How many interfaces the file describes; more than are in <see cref="Interfaces"/> when there are very many.</summary>
    public long InterfaceCount { get; private set; }

    /// <summary>Packets that the capture lost by its own account, at all interfaces together.</summary>
    public long Dropped => _interfaces.Sum(one => one.Dropped);

    public IReadOnlyList<CaptureComment> Comments => _comments;

    /// <summary>How many comments there are; more than are in <see cref="Comments"/> when there are very many.</summary>
    public long CommentCount { get; private set; }

    /// <summary>Fragments of IP datagrams, whether or not they completed one.</summary>
    public long Fragments { get; internal set; }

    /// <summary>Datagrams put together from fragments.</summary>
    public long Reassembled { get; internal set; }

    /// <summary>Datagrams put together of which some fragments overlapped: the octets that came first counted.</summary>
    public long OverlappedDatagrams { get; internal set; }

    /// <summary>Datagrams given up incomplete, for their age or to make room for others.</summary>
    public long DatagramsGivenUp { get; internal set; }

    /// <summary>Segments in IP packets of more than 1,500 octets: jumbo frames, or put together or not yet cut by an interface (GRO, TSO).</summary>
    public long LargeSegments { get; private set; }

    /// <summary>Segments by what their checksum says.</summary>
    public long this[ChecksumVerdict verdict] => _checksums[(int)verdict];

    public long this[PacketKind kind] => _kinds[(int)kind];

    /// <summary>Malformed packets by reason.</summary>
    public long this[PacketFault fault] => _faults[(int)fault];

    /// <summary>Several captures as one; it does not follow them when they grow.</summary>
    public static CaptureTally Sum(IEnumerable<CaptureTally> tallies)
    {
        var sum = new CaptureTally();
        foreach (CaptureTally tally in tallies)
        {
            sum.Add(tally);
        }

        return sum;
    }

    private void Add(CaptureTally other)
    {
        if (other.Packets > 0)
        {
            _first = Packets == 0 ? other._first : Math.Min(_first, other._first);
            _last = Packets == 0 ? other._last : Math.Max(_last, other._last);
        }

        Packets += other.Packets;
        Octets += other.Octets;
        CapturedOctets += other.CapturedOctets;
        FileOctets += other.FileOctets;
        Damages += other.Damages;
        Truncated += other.Truncated;
        TimesBackwards += other.TimesBackwards;
        Fragments += other.Fragments;
        Reassembled += other.Reassembled;
        OverlappedDatagrams += other.OverlappedDatagrams;
        DatagramsGivenUp += other.DatagramsGivenUp;
        LargeSegments += other.LargeSegments;
        InterfaceCount += other.InterfaceCount;
        CommentCount += other.CommentCount;
        Add(_kinds, other._kinds);
        Add(_faults, other._faults);
        Add(_checksums, other._checksums);
        _interfaces.AddRange(other._interfaces.Take(MaxInterfaces - _interfaces.Count));
        _comments.AddRange(other._comments.Take(MaxComments - _comments.Count));
        foreach ((LinkType link, long count) in other._unknownLinks)
        {
            AddUnknown(link, count);
        }
    }

    private static void Add(long[] sums, long[] counts)
    {
        for (int at = 0; at < sums.Length; at++)
        {
            sums[at] += counts[at];
        }
    }

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
        if (cursor.Kind == PacketKind.Tcp)
        {
            _checksums[(int)cursor.Segment.Checksum]++;
            LargeSegments += cursor.Segment.IpLength > UsualIpLength ? 1 : 0;
        }
        else if (cursor.Kind == PacketKind.Malformed)
        {
            _faults[(int)cursor.Fault]++;
        }
    }

    internal void Add(CaptureInterface described)
    {
        InterfaceCount++;
        if (_interfaces.Count < MaxInterfaces)
        {
            _interfaces.Add(described);
        }
    }

    internal void AddComment(CommentSubject subject, long number, ReadOnlySpan<byte> text)
    {
        CommentCount++;
        if (_comments.Count < MaxComments)
        {
            _comments.Add(new(subject, number, Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxCommentLength)])));
        }
    }

    internal void AddUnknown(LinkType link, long count = 1)
    {
        LinkType key = _unknownLinks.Count < MaxUnknownLinks || _unknownLinks.ContainsKey(link) ? link : LinkType.Other;
        _unknownLinks[key] = _unknownLinks.GetValueOrDefault(key) + count;
    }
}
