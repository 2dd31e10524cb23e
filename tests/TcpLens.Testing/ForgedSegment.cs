using System.Net;
using TcpLens.Protocol;

namespace TcpLens.Testing;

/// <summary>A TCP segment as a test wants it to be.</summary>
/// <param name="Source">Whom it pretends to come from.</param>
/// <param name="Destination">Whom it goes to.</param>
public sealed record ForgedSegment(IPEndPoint Source, IPEndPoint Destination)
{
    public SeqNum Sequence { get; init; }

    public SeqNum Acknowledgment { get; init; }

    public ControlBits Bits { get; init; } = ControlBits.Ack;

    /// <summary>The field of the header, not scaled.</summary>
    public ushort Window { get; init; } = 64240;

    /// <summary>Zero octets that follow the header, at most 1000.</summary>
    public int PayloadLength { get; init; }

    /// <summary>TSval of the timestamp option (RFC 7323 §3); null: without the option.</summary>
    public uint? Timestamp { get; init; }

    /// <summary>TSecr.</summary>
    public uint TimestampEcho { get; init; }

    public bool HasWrongChecksum { get; init; }

    /// <summary>The ACK that this socket of the puppet could send now, for the test to bend: in order, in window, in time.</summary>
    public static ForgedSegment From(Puppet puppet, string name)
    {
        ArgumentNullException.ThrowIfNull(puppet);
        (SeqNum sendNext, SeqNum receiveNext) = puppet.Sequence(name);
        return new ForgedSegment(puppet.Local(name), puppet.Remote(name))
        {
            Sequence = sendNext,
            Acknowledgment = receiveNext,
            Timestamp = puppet.Timestamp(name),
        };
    }

    internal string Words
    {
        get
        {
            string timestamp = Timestamp is uint value ? $" tsval={value} tsecr={TimestampEcho}" : "";
            return $"{Source.Address} {Source.Port} {Destination.Address} {Destination.Port} seq={Sequence} ack={Acknowledgment} "
                + $"bits={(int)Bits} window={Window} payload={PayloadLength} badsum={(HasWrongChecksum ? 1 : 0)}{timestamp}";
        }
    }
}
