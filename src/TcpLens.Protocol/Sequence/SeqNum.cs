using System.Numerics;

namespace TcpLens.Protocol;

/// <summary>
/// A sequence number: a place on a circle of 2^32 (RFC 9293 §3.4). A circle has no order, so there is no less-than; two numbers
/// are before or after each other only while they are less than half the circle apart.
/// </summary>
/// <param name="Value">The number as it stands in the header, in host byte order.</param>
public readonly record struct SeqNum(uint Value) : IAdditionOperators<SeqNum, uint, SeqNum>, ISubtractionOperators<SeqNum, SeqNum, int>
{
    /// <summary>True when the way forward from here to <paramref name="other"/> is the shorter one.</summary>
    public bool IsBefore(SeqNum other) => this - other < 0;

    /// <summary>True when the way forward from <paramref name="other"/> to here is the shorter one.</summary>
    public bool IsAfter(SeqNum other) => other.IsBefore(this);

    /// <summary>True for the <paramref name="size"/> numbers that begin at <paramref name="start"/> (RFC 9293 §3.4).</summary>
    public bool IsInside(SeqNum start, WindowSize size) => unchecked(Value - start.Value) < size.Octets;

    public static SeqNum operator +(SeqNum left, uint right) => new(unchecked(left.Value + right));

    /// <summary>Signed distance in octets, −2^31 to 2^31−1: how far <paramref name="left"/> lies ahead.</summary>
    public static int operator -(SeqNum left, SeqNum right) => unchecked((int)(left.Value - right.Value));

    static int ISubtractionOperators<SeqNum, SeqNum, int>.operator checked -(SeqNum left, SeqNum right) => left - right;

    static SeqNum IAdditionOperators<SeqNum, uint, SeqNum>.operator checked +(SeqNum left, uint right) => left + right;

    public override string ToString() => Value.ToString();
}
