using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Segments from what a connection remembers: the numbers, window and options that each has, and the marks that it left.</summary>
internal static class SegmentBuilder
{
    public static TcpSegment Syn(ConnectionCore core, Instant now)
    {
        bool isAnswer = core.State != TcpState.SynSent;
        SegmentOptions options = core.Negotiation.SynOptions(isAnswer, core.Options);
        WithTimestamps(core, ref options, now);
        core.SegmentsSent++;
        ControlBits ecn = !core.Negotiation.OffersEcn ? ControlBits.None
            : isAnswer ? ControlBits.Ece : ControlBits.Ece | ControlBits.Cwr;
        int unknown = Math.Min(core.Receiver.InitialWindow, ushort.MaxValue);
        return new()
        {
            Sequence = core.Sender.Initial,
            Acknowledgment = isAnswer ? core.Receiver.Next : default,
            Bits = ControlBits.Syn | ecn | (isAnswer ? ControlBits.Ack : ControlBits.None),
            Window = isAnswer ? core.Receiver.TakeWindow(isSyn: true) : new((ushort)unknown),
            Options = options,
        };
    }

    /// <summary>Data, a FIN, or both.</summary>
    public static TcpSegment Data(ConnectionCore core, SentRange range, int segmentSize, bool isNew, Instant now)
    {
        Sender sender = core.Sender;
        ReadOnlySpan<byte> payload = sender.Data(range);
        ControlBits bits = ControlBits.Ack;
        if (sender.IsFin(range.End))
        {
            bits |= ControlBits.Fin;
        }

        if (payload.Length > 0 && range.Start + (uint)payload.Length == sender.DataEnd)
        {
            bits |= ControlBits.Psh;    // MUST-61: the last of what is queued.
        }

        core.DataSegmentsSent += (payload.Length + segmentSize - 1) / segmentSize;
        core.OctetsSent += payload.Length;
        bool isEcnCapable = core.Negotiation.HasEcn && isNew && payload.Length > 0;
        if (isEcnCapable && core.Recovery.TakeWindowReduced())
        {
            bits |= ControlBits.Cwr;
        }

        return Build(core, range.Start, bits, payload, segmentSize, isEcnCapable, now);
    }

    public static TcpSegment Ack(ConnectionCore core, Instant now) => Build(core, core.Sender.Next, ControlBits.Ack, default, 0, false, now);

    /// <summary>One number before what the peer expects, so that it answers (RFC 9293 §3.8.4).</summary>
    public static TcpSegment Probe(ConnectionCore core, Instant now)
        => Build(core, core.Sender.Next + uint.MaxValue, ControlBits.Ack, default, 0, false, now);

    /// <param name="core">The connection.</param>
    /// <param name="now">The time.</param>
    /// <param name="newOctets">Octets of new data in it, which do not count as sent until they are acknowledged.</param>
    public static TcpSegment WindowProbe(ConnectionCore core, Instant now, out int newOctets)
    {
        Sender sender = core.Sender;
        newOctets = core.Settings.WindowProbe == Stack.WindowProbe.OneOctet && sender.HasUnsent ? 1 : 0;
        return newOctets == 0
            ? Probe(core, now)
            : Data(core, new(sender.Next, sender.Next + 1), core.SegmentSize, isNew: false, now);
    }

    /// <summary>A RST in the connection's name; with an ACK, as stacks in use send it.</summary>
    public static TcpSegment Reset(ConnectionCore core, Instant now)
    {
        SegmentOptions options = default;
        WithTimestamps(core, ref options, now);
        core.SegmentsSent++;
        return new()
        {
            Sequence = core.Sender.Next,
            Acknowledgment = core.Receiver.Next,
            Bits = ControlBits.Rst | ControlBits.Ack,
            Options = options,
        };
    }

    public static TcpSegment ResetAnswer(ConnectionCore core)
    {
        core.SegmentsSent++;
        return new() { Sequence = core.ResetAnswer.Sequence, Acknowledgment = core.ResetAnswer.Acknowledgment, Bits = core.ResetAnswer.Bits };
    }

    /// <summary>Blocks that have room beside the other options (RFC 2018 §3).</summary>
    public static int SackRoom(ConnectionCore core) => core.Negotiation.HasTimestamps ? SackBlocks.Capacity - 1 : SackBlocks.Capacity;

    private static TcpSegment Build(
        ConnectionCore core, SeqNum sequence, ControlBits bits, ReadOnlySpan<byte> payload, int segmentSize, bool isEcnCapable, Instant now)
    {
        SegmentOptions options = default;
        WithTimestamps(core, ref options, now);
        SackBlocks blocks = core.Receiver.TakeSackBlocks(SackRoom(core));
        if (blocks.Count > 0)
        {
            options.Present |= SegmentOptionSet.Sack;
            options.Sack = blocks;
        }

        ushort urgent = 0;
        if (core.Sender.UrgentEnd is { } end && end.IsAfter(sequence))
        {
            bits |= ControlBits.Urg;
            urgent = (ushort)Math.Min(end - sequence, ushort.MaxValue);    // MUST-62
        }

        core.SegmentsSent++;
        WindowField window = core.Receiver.TakeWindow(isSyn: false);
        core.Receiver.Acks.Sent(withData: payload.Length > 0);
        return new()
        {
            Sequence = sequence,
            Acknowledgment = core.Receiver.Next,
            Bits = bits | (core.Receiver.EchoesCongestion ? ControlBits.Ece : ControlBits.None),
            Window = window,
            UrgentPointer = urgent,
            Ecn = isEcnCapable ? EcnCodepoint.Ect0 : EcnCodepoint.NotCapable,
            SegmentSize = payload.Length > segmentSize ? (ushort)segmentSize : (ushort)0,
            Options = options,
            Payload = payload,
        };
    }

    /// <summary>RFC 7323 §3.2: in every segment once both agreed, in a SYN as an offer.</summary>
    private static void WithTimestamps(ConnectionCore core, ref SegmentOptions options, Instant now)
    {
        bool isOffer = core.State == TcpState.SynSent && core.Settings.Timestamps;
        if (core.Timestamps.IsAgreed || isOffer)
        {
            options.Present |= SegmentOptionSet.Timestamps;
            options.TimestampValue = core.Timestamps.Value(now);
            options.TimestampEcho = core.Timestamps.IsAgreed ? core.Timestamps.Recent : 0;
        }
        else
        {
            options.Present &= ~SegmentOptionSet.Timestamps;
        }
    }
}
