using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// One thing that happened to a socket, as the kernel's program writes it into its ring: 128 octets, little-endian, no reference. What a
/// kind has no use for is 0, and 0 always means "not known".
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Length)]
public record struct TraceRecord
{
    public const int Length = 128;

    /// <summary>When: nanoseconds on the clock that stands still while the machine sleeps (CLOCK_MONOTONIC).</summary>
    public ulong AtNanoseconds { get; set; }

    /// <summary>When the state the socket was in had begun, on the same clock; 0 when it was before the tracing.</summary>
    public ulong SinceNanoseconds { get; set; }

    /// <summary>The socket's address in the kernel: its name while it lives. A mini-socket has another than the socket it came from.</summary>
    public ulong Socket { get; set; }

    /// <summary>The kernel's number for the connection, which no other one ever gets, and which sock_diag tells too.</summary>
    public ulong Cookie { get; set; }

    /// <summary>Inode of the network namespace.</summary>
    public uint Namespace { get; set; }

    /// <summary>The process (thread group) that uses the socket, as far as the kernel's own events showed it.</summary>
    public int Pid { get; set; }

    public TaskName Command { get; set; }

    /// <summary>Inode of the socket; 0 while no process has it: in an accept queue, orphaned, a mini-socket.</summary>
    public uint Inode { get; set; }

    public uint UserId { get; set; }

    public TraceKind Kind { get; set; }

    /// <summary>The state before; for kinds other than a change, the state the socket is in.</summary>
    public TcpState From { get; set; }

    public TcpState To { get; set; }

    public IpFamily Family { get; set; }

    /// <summary>Host order; 0 while connect() has not chosen one.</summary>
    public ushort LocalPort { get; set; }

    public ushort RemotePort { get; set; }

    /// <summary>Network order; IPv4 as ::ffff:a.b.c.d.</summary>
    public WireAddress LocalAddress { get; set; }

    public WireAddress RemoteAddress { get; set; }

    public TraceMarks Marks { get; set; }

    /// <summary>sk_err, as a positive errno.</summary>
    public ushort Errno { get; set; }

    /// <summary>
    /// Why a segment was dropped (enum skb_drop_reason) or a reset sent (enum sk_rst_reason), numbered as the running kernel does
    /// (<see cref="TraceNames"/>); for <see cref="TraceKind.LossDetected"/> a <see cref="CongestionPhase"/>.
    /// </summary>
    public uint Reason { get; set; }

    /// <summary>Sequence number of the segment sent again, or dropped.</summary>
    public uint Sequence { get; set; }

    /// <summary>Octets of sequence space of that segment: SYN and FIN count 1.</summary>
    public uint SegmentLength { get; set; }

    /// <summary>
    /// Timeouts in a row without an answer, this one included; for a SYN-ACK, how often it was sent again. 0 for what a timeout did not cause.
    /// </summary>
    public ushort Attempt { get; set; }

    /// <summary>For a retransmission the <see cref="CongestionPhase"/> the sender is in.</summary>
    public CongestionPhase Phase { get; set; }

    /// <summary>Flags of the segment dropped, or of the one that was answered with a reset.</summary>
    public byte SegmentFlags { get; set; }

    /// <summary>Smoothed round-trip time; 0 before the first measurement.</summary>
    public uint RttMicroseconds { get; set; }

    public readonly Endpoint Local => new(LocalAddress.Value, LocalPort);

    public readonly Endpoint Remote => new(RemoteAddress.Value, RemotePort);

    public readonly ControlBits SegmentBits => (ControlBits)SegmentFlags;

    public readonly Instant At => new((long)AtNanoseconds);

    /// <summary>How long the old state had lasted; null when it began before the tracing.</summary>
    public readonly ulong? NanosecondsInOldState => SinceNanoseconds == 0 ? null : AtNanoseconds - Math.Min(SinceNanoseconds, AtNanoseconds);

    public readonly bool Has(TraceMarks mark) => (Marks & mark) == mark;

    /// <summary>As a socket of sock_diag's answer, so that the filters and columns for those can be used; its state is the one it went to, if to any.</summary>
    public readonly SocketEntry ToEntry() => new()
    {
        State = To == default ? From : To,
        Kind = Has(TraceMarks.MiniSocket) ? SocketKind.TimeWait : SocketKind.Full,
        Family = Family,
        Local = Local,
        Remote = Remote,
        UserId = UserId,
        Inode = Inode,
        Cookie = Cookie,
        Namespace = Namespace,
    };
}

/// <summary>What follows a record of <see cref="TraceKind.LifeEnded"/>: 64 octets. The record's "since" is then the socket's birth.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Length)]
public record struct LifeTail
{
    public const int Length = 64;

    /// <summary>When it became ESTABLISHED, on the record's clock; 0 when never, or before the tracing.</summary>
    public ulong EstablishedNanoseconds { get; set; }

    public StatePath Path { get; set; }

    /// <summary>Octets the peer has acknowledged.</summary>
    public ulong BytesAcknowledged { get; set; }

    public ulong BytesReceived { get; set; }

    public ulong BytesRetransmitted { get; set; }

    public uint SegmentsSent { get; set; }

    public uint SegmentsReceived { get; set; }

    public uint Retransmits { get; set; }

    public uint MinRttMicroseconds { get; set; }

    /// <summary>
    /// False when the source could not tell octets and segments: then their zeros are no counts. No connection does without a segment.
    /// </summary>
    public readonly bool HasCounts => SegmentsSent != 0 || SegmentsReceived != 0;
}

/// <summary>The states of one life in order, four bits each, the latest lowest; the oldest fall off after sixteen.</summary>
public readonly record struct StatePath(ulong Bits)
{
    public int Count => Bits == 0 ? 0 : 16 - (System.Numerics.BitOperations.LeadingZeroCount(Bits) / 4);

    /// <summary>The oldest is 0.</summary>
    public TcpState this[int index] => (TcpState)((Bits >> (4 * (Count - 1 - index))) & 0xf);

    public StatePath Then(TcpState state) => new((Bits << 4) | (uint)state);

    public bool Contains(TcpState state)
    {
        for (ulong rest = Bits; rest != 0; rest >>= 4)
        {
            if ((TcpState)(rest & 0xf) == state)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A task's comm: at most 15 octets and a 0.</summary>
[InlineArray(Length)]
public struct TaskName : IEquatable<TaskName>
{
    public const int Length = 16;

    private byte _first;

    public static TaskName From(ReadOnlySpan<byte> name)
    {
        TaskName copy = default;
        name[..Math.Min(name.Length, Length - 1)].CopyTo(copy);
        return copy;
    }

    public static bool operator ==(TaskName left, TaskName right) => left.Equals(right);

    public static bool operator !=(TaskName left, TaskName right) => !left.Equals(right);

    public readonly bool IsEmpty => this[0] == 0;

    /// <summary>The octets up to the first 0, whatever they are: a process chooses its own name.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Octets
    {
        get
        {
            ReadOnlySpan<byte> all = this;
            int end = all.IndexOf((byte)0);
            return end < 0 ? all : all[..end];
        }
    }

    public readonly bool Equals(TaskName other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is TaskName other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(this);
        return hash.ToHashCode();
    }

    public override readonly string ToString() => System.Text.Encoding.UTF8.GetString(Octets);
}

/// <summary>An address as on the wire, sixteen octets.</summary>
public readonly record struct WireAddress(ulong First, ulong Second)
{
    public static WireAddress Of(HostAddress address) => new(BinaryPrimitives.ReverseEndianness(address.High), BinaryPrimitives.ReverseEndianness(address.Low));

    public HostAddress Value => new(BinaryPrimitives.ReverseEndianness(First), BinaryPrimitives.ReverseEndianness(Second));
}
