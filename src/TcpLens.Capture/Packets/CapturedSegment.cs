using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a packet was to the reader of connections.</summary>
public enum SegmentKind : byte
{
    Tcp,

    /// <summary>An ICMP error that quotes a TCP header: addresses, ports and sequence number are those of the quoted segment.</summary>
    IcmpError,
}

/// <summary>Which options a TCP header carried, of those that are kept.</summary>
[Flags]
public enum SegmentOptions : byte
{
    None = 0,
    MaximumSegmentSize = 1,
    WindowScale = 2,
    SackPermitted = 4,
    Timestamps = 8,
    Sack = 16,

    /// <summary>The options do not parse; those before the fault are kept (RFC 9293 §3.1, MUST-7).</summary>
    Malformed = 32,

    /// <summary>A cookie or an empty cookie of TCP Fast Open (RFC 7413).</summary>
    FastOpen = 64,

    /// <summary>Multipath TCP (RFC 8684).</summary>
    Multipath = 128,
}

/// <summary>A range of sequence numbers [<see cref="Left"/>, <see cref="Right"/>) (RFC 2018 §3).</summary>
public readonly record struct SackBlock(SeqNum Left, SeqNum Right);

/// <summary>RFC 2018 §3: 40 octets of options hold at most four blocks.</summary>
[InlineArray(4)]
public struct SackBlocks
{
    private SackBlock _first;
}

/// <summary>
/// One TCP segment as a capture shows it: everything later stages need, without a reference into anything, so that a batch of them
/// is one array. Lengths are what was sent, also where the capture kept less.
/// </summary>
[SuppressMessage("Design", "CA1051", Justification = "Millions a second go by reference through arrays that are used again; a property would copy the SACK blocks.")]
public struct CapturedSegment
{
    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public long TimeNanoseconds;

    /// <summary>Number of the packet in its file, from 1.</summary>
    public long Frame;

    public HostAddress Source;
    public HostAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;
    public SeqNum Sequence;

    /// <summary>What the header carries, also when ACK is not set.</summary>
    public SeqNum Acknowledgment;
    public ControlBits Bits;
    public WindowField Window;

    /// <summary>Octets of payload as sent: from the length in the IP header, or from the packet's length where that is 0 (TSO).</summary>
    public uint PayloadLength;

    /// <summary>Octets of the IP packet as sent, header and extension headers with it.</summary>
    public uint IpLength;

    /// <summary>Where the captured payload stands in the batch's octets; −1 when it is not there.</summary>
    public int PayloadOffset;

    /// <summary>How much of the payload was captured.</summary>
    public int CapturedPayload;

    /// <summary>Value and echo of the timestamps option; 0 without one.</summary>
    public uint TimestampValue;
    public uint TimestampEcho;
    public SackBlocks Sacks;
    public byte SackCount;
    public SegmentOptions Options;

    /// <summary>0 without the option.</summary>
    public ushort MaximumSegmentSize;

    /// <summary>As sent, not yet cut to 14.</summary>
    public byte WindowShift;

    public ChecksumVerdict Checksum;
    public SegmentKind Kind;

    /// <summary>IPv4 TTL or IPv6 hop limit.</summary>
    public byte TimeToLive;

    /// <summary>The two ECN bits of the IP header (RFC 3168 §5); 3 is congestion experienced.</summary>
    public byte Ecn;

    /// <summary>Of an ICMP error: its type and code; ICMPv6's with 256 added to the type.</summary>
    public ushort IcmpType;
    public byte IcmpCode;

    /// <summary>Which of several files it is from, counted from 0.</summary>
    public ushort File;

    /// <summary>True when the capture holds less of the packet than was sent.</summary>
    public bool IsTruncated;

    /// <summary>IPv4 identification; 0 for IPv6.</summary>
    public ushort IpIdentification;

    public readonly bool Has(ControlBits wanted) => (Bits & wanted) == wanted;

    public readonly bool HasAny(ControlBits wanted) => (Bits & wanted) != ControlBits.None;

    /// <summary>Sequence numbers it takes: payload, SYN and FIN (RFC 9293 §3.4).</summary>
    public readonly uint SequenceLength
        => PayloadLength + ((uint)(Bits & ControlBits.Syn) >> 1) + (uint)(Bits & ControlBits.Fin);

    /// <summary>The first sequence number after it.</summary>
    public readonly SeqNum EndSequence => Sequence + SequenceLength;
}
