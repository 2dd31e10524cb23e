using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>How far a packet has been read: what is left of it, captured and as sent, and what its headers have said so far.</summary>
internal ref struct PacketCursor
{
    /// <summary>What was captured from here on.</summary>
    public ReadOnlySpan<byte> Octets;

    /// <summary>Where <see cref="Octets"/> begin in the batch.</summary>
    public int Offset;

    /// <summary>Octets from here on as sent: never fewer than were captured.</summary>
    public int Sent;

    /// <summary>Filled header by header; an inner header writes over an outer one.</summary>
    public ref CapturedSegment Segment;

    /// <summary>Source and destination of the last IP header as they stand there.</summary>
    public ReadOnlySpan<byte> Addresses;

    /// <summary>What the packet is, when there is nothing more to read.</summary>
    public PacketKind Kind;

    public PacketFault Fault;

    public PacketBatch Batch;

    /// <summary>The radio that captured it puts the octets behind the link's header at a multiple of four.</summary>
    public bool IsPadded;

    /// <summary>True when the capture does not hold all that was sent from here on.</summary>
    public readonly bool IsCut => Octets.Length < Sent;

    /// <summary>Leaves octets behind. False when the packet ends before: then it is <see cref="TooShort"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(int octets)
    {
        if ((uint)octets > (uint)Octets.Length)
        {
            return false;
        }

        Octets = Octets[octets..];
        Offset += octets;
        Sent -= octets;
        return true;
    }

    /// <summary>Leaves a header behind; what comes next then.</summary>
    public Layer Skip(int octets, Layer next) => TrySkip(octets) ? next : TooShort();

    /// <summary>What lies beyond <paramref name="sent"/> octets is no part of the packet: an Ethernet frame's padding, say.</summary>
    public void EndAfter(int sent)
    {
        Sent = Math.Min(Sent, sent);
        Octets = Octets[..Math.Min(Octets.Length, Sent)];
    }

    public Layer Is(PacketKind kind)
    {
        Kind = kind;
        return Layer.End;
    }

    public Layer IsMalformed(PacketFault fault)
    {
        Fault = fault;
        return Is(PacketKind.Malformed);
    }

    /// <summary>The packet ends inside of a header: because the capture kept no more, or because it was sent so.</summary>
    public Layer TooShort() => IsCut ? Is(PacketKind.Cut) : IsMalformed(PacketFault.HeaderBeyondEnd);

    public Layer Refuse(HeaderFault fault, PacketFault asLength) => fault switch
    {
        HeaderFault.Version => IsMalformed(PacketFault.IpVersion),
        HeaderFault.LengthTooSmall => IsMalformed(asLength),
        _ => TooShort(),
    };
}
