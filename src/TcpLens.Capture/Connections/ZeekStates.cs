using System.Buffers;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Moves an end through Zeek's states: each end by its own segments, with a look at where the other one is.</summary>
internal static class ZeekStates
{
    private static readonly SearchValues<char> OfConnections = SearchValues.Create("HAFGIQ");

    public static void Move(ref readonly CapturedSegment segment, ConnectionEnd end, ref EndTrack sender, ref EndTrack receiver)
    {
        switch (sender.Zeek)
        {
            case ZeekState.Inactive:
                Appear(in segment, end, ref sender, ref receiver);
                break;
            case ZeekState.SynSent or ZeekState.SynAckSent:
                Close(in segment, ref sender);
                break;
            case ZeekState.Established or ZeekState.Partial:
                Converse(in segment, ref sender, ref receiver);
                break;
            case ZeekState.Closed when segment.Has(ControlBits.Rst) && receiver.Zeek != ZeekState.Closed:
                sender.Turn(ZeekState.Reset);
                break;
            default:
                break;
        }
    }

    /// <summary>conn_state, from where both ends are, what was written of them, and whether neither end's stream has an octet.</summary>
    public static string Describe(ZeekState originator, ZeekState responder, string history, bool isWithoutData)
    {
        bool isOriginatorSilent = originator is ZeekState.Inactive or ZeekState.Partial;
        bool isResponderSilent = responder is ZeekState.Inactive or ZeekState.Partial;
        return (originator, responder) switch
        {
            (ZeekState.SynSent or ZeekState.SynAckSent, ZeekState.Reset) => "REJ",
            (ZeekState.Reset, ZeekState.Reset) when isWithoutData => "REJ",
            (_, ZeekState.Reset) => isOriginatorSilent ? "RSTRH" : "RSTR",
            (ZeekState.Reset, _) when !isResponderSilent => "RSTO",
            (ZeekState.Reset, _) => IsResetAfterSyn(history) ? "RSTOS0" : "OTH",
            (ZeekState.Closed, ZeekState.Closed) => "SF",
            (ZeekState.Closed, _) => isResponderSilent ? "SH" : "S2",
            (_, ZeekState.Closed) => isOriginatorSilent ? "SHR" : "S3",
            (ZeekState.SynSent, ZeekState.Inactive) => "S0",
            (ZeekState.Established, ZeekState.Established) => "S1",
            _ => "OTH",
        };
    }

    private static void Appear(ref readonly CapturedSegment segment, ConnectionEnd end, ref EndTrack sender, ref EndTrack receiver)
    {
        if (segment.Has(ControlBits.Syn))
        {
            AppearWithSyn(in segment, end, ref sender, ref receiver);
        }

        if (!Close(in segment, ref sender) && sender.Zeek == ZeekState.Inactive)
        {
            AppearWithout(in segment, end, ref sender, in receiver);
        }
    }

    private static void AppearWithSyn(ref readonly CapturedSegment segment, ConnectionEnd end, ref EndTrack sender, ref EndTrack receiver)
    {
        if (end == ConnectionEnd.Originator)
        {
            sender.Turn(segment.Has(ControlBits.Ack) ? ZeekState.SynAckSent : ZeekState.SynSent);
            return;
        }

        if (receiver.Zeek == ZeekState.SynSent)
        {
            receiver.Turn(ZeekState.Established);
        }

        sender.Turn(ZeekState.Established);
    }

    private static void AppearWithout(ref readonly CapturedSegment segment, ConnectionEnd end, ref EndTrack sender, ref readonly EndTrack receiver)
    {
        // Some TCPs acknowledge a SYN before they answer it with theirs.
        bool isEarlyAck = end == ConnectionEnd.Responder && segment.PayloadLength == 0 && receiver.Zeek == ZeekState.SynSent;
        if (!isEarlyAck)
        {
            bool completesHandshake = segment.Has(ControlBits.Ack) && receiver.Zeek == ZeekState.Established;
            sender.Turn(completesHandshake ? ZeekState.Established : ZeekState.Partial);
        }
    }

    private static void Converse(ref readonly CapturedSegment segment, ref EndTrack sender, ref EndTrack receiver)
    {
        if ((segment.Bits & (ControlBits.Syn | ControlBits.Ack)) == ControlBits.Syn
            && sender.Zeek == ZeekState.Partial && receiver.Zeek == ZeekState.Inactive)
        {
            sender.Turn(ZeekState.SynSent);
        }

        // A FIN, then a RST, from the other end: an orderly close after all, now that this end sends its FIN too.
        if (segment.Has(ControlBits.Fin) && !segment.Has(ControlBits.Rst) && receiver.Zeek == ZeekState.Reset && receiver.ZeekBefore == ZeekState.Closed)
        {
            receiver.Turn(ZeekState.Closed);
        }

        if (segment.Has(ControlBits.Rst))
        {
            sender.Turn(ZeekState.Reset);
        }
        else if (segment.Has(ControlBits.Fin))
        {
            sender.Turn(ZeekState.Closed);
        }
    }

    private static bool Close(ref readonly CapturedSegment segment, ref EndTrack sender)
    {
        if (segment.Has(ControlBits.Fin))
        {
            sender.Turn(ZeekState.Closed);
        }

        if (segment.Has(ControlBits.Rst))
        {
            sender.Turn(ZeekState.Reset);
        }

        return segment.HasAny(ControlBits.Fin | ControlBits.Rst);
    }

    /// <summary>A SYN and then a RST, and nothing between them that only a connection has.</summary>
    private static bool IsResetAfterSyn(string history)
    {
        ReadOnlySpan<char> letters = history.AsSpan().TrimStart('^');
        int reset = letters.IndexOf('R');
        return letters.StartsWith("S") && reset > 0 && !letters[..reset].ContainsAny(OfConnections);
    }
}
