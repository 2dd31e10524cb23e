using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>What the types of connections are called when people read them.</summary>
public static class ConnectionWords
{
    /// <summary>"half-closed by the originator"</summary>
    public static string Words(this ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.Open => "open",
        ConnectionOutcome.Closed => "closed",
        ConnectionOutcome.Closing => "closing",
        ConnectionOutcome.HalfClosedByOriginator => "half-closed by the originator",
        ConnectionOutcome.HalfClosedByResponder => "half-closed by the responder",
        ConnectionOutcome.ResetByOriginator => "reset by the originator",
        ConnectionOutcome.ResetByResponder => "reset by the responder",
        ConnectionOutcome.Refused => "refused",
        ConnectionOutcome.Unanswered => "unanswered",
        ConnectionOutcome.HalfOpen => "half-open",
        ConnectionOutcome.Abandoned => "abandoned by the originator",
        ConnectionOutcome.OneSided => "one-sided",
        ConnectionOutcome.ResetInHandshake => "reset in the handshake",
        ConnectionOutcome.Midstream => "midstream",
        ConnectionOutcome.Stray => "stray segments",
    };

    /// <summary>"fast", "tail loss probe"; empty for None.</summary>
    public static string Words(this RetransmissionKind kind) => kind switch
    {
        RetransmissionKind.None => "",
        RetransmissionKind.Timeout => "timeout",
        RetransmissionKind.BackedOffTimeout => "backed-off timeout",
        RetransmissionKind.Fast => "fast",
        RetransmissionKind.SackRecovery => "SACK recovery",
        RetransmissionKind.ForwardAck => "forward acknowledgment",
        RetransmissionKind.Recovery => "recovery",
        RetransmissionKind.Early => "early",
        RetransmissionKind.TailLossProbe => "tail loss probe",
        RetransmissionKind.Control => "SYN or FIN",
        RetransmissionKind.Unknown => "reason unknown",
    };

    /// <summary>"seen", "inferred", "unknown"</summary>
    public static string Words(this Certainty certainty) => certainty switch
    {
        Certainty.Unknown => "unknown",
        Certainty.Inferred => "inferred",
        Certainty.Seen => "seen",
    };

    /// <summary>"SYN, ACK", in the order of a conversation and not of the header; "no bits" for none.</summary>
    public static string Words(this ControlBits bits)
    {
        if (bits == ControlBits.None)
        {
            return "no bits";
        }

        Span<char> words = stackalloc char[9 * 5];
        int length = 0;
        foreach ((ControlBits bit, string name) in BitNames)
        {
            if ((bits & bit) != ControlBits.None)
            {
                ReadOnlySpan<char> separator = length == 0 ? "" : ", ";
                separator.CopyTo(words[length..]);
                length += separator.Length;
                name.CopyTo(words[length..]);
                length += name.Length;
            }
        }

        return new(words[..length]);
    }

    private static readonly (ControlBits Bit, string Name)[] BitNames =
    [
        (ControlBits.Syn, "SYN"), (ControlBits.Fin, "FIN"), (ControlBits.Rst, "RST"), (ControlBits.Psh, "PSH"), (ControlBits.Ack, "ACK"),
        (ControlBits.Urg, "URG"), (ControlBits.Ece, "ECE"), (ControlBits.Cwr, "CWR"), (ControlBits.Ae, "AE"),
    ];
}
