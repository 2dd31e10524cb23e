using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// Compares a segment that the stack sent with the one a script expects. What a profile is not held to is named here: docs/conformance.md lists it.
/// </summary>
internal sealed class SegmentMatch(ScriptProfile profile, bool comparesScale, ScriptFlow flow)
{
    private readonly ScriptProfile _profile = profile;
    private readonly bool _comparesScale = comparesScale && profile != ScriptProfile.Rfc;
    private readonly ScriptFlow _flow = flow;

    /// <summary>What differs, in one word or two; null when nothing does.</summary>
    public string? Difference(ScriptSegment expected, SniffedSegment actual)
        => IsRepeatedFin(expected, actual) ? OptionDifference(expected, actual)
            : (expected.Bits & Compared(expected)) != (actual.Bits & Compared(expected)) ? "flags"
            : expected.PayloadLength != actual.PayloadLength ? "payload length"
            : !expected.IsSequenceAbsolute && expected.Sequence != _flow.ToScript(actual.Sequence, actual.Bits.Has(ControlBits.Syn)) ? "sequence number"
            : IsAcknowledgmentWrong(expected, actual) ? "acknowledgment number"
            : IsWindowWrong(expected, actual) ? "window"
            : expected.UrgentPointer is { } urgent && urgent != actual.UrgentPointer ? "urgent pointer"
            : IpDifference(expected.Ip, actual)
            ?? OptionDifference(expected, actual);

    /// <summary>
    /// FreeBSD says its FIN again with the ACK of the peer's, as long as it is not acknowledged; an ACK from behind the FIN says the same (RFC 9293 §3.10.7.4,
    /// eighth step: send an acknowledgment for the FIN).
    /// </summary>
    private bool IsRepeatedFin(ScriptSegment expected, SniffedSegment actual)
        => _profile == ScriptProfile.FreeBsd && expected.PayloadLength == 0 && expected.Bits == (ControlBits.Fin | ControlBits.Ack)
            && actual.PayloadLength == 0 && actual.Bits == ControlBits.Ack && unchecked(expected.Sequence + 1) == _flow.ToScript(actual.Sequence, isSyn: false)
            && expected.Acknowledgment == _flow.PeerToScript(actual.Acknowledgment, isSyn: false) && !IsWindowWrong(expected, actual);

    private string? OptionDifference(ScriptSegment expected, SniffedSegment actual)
        => expected.Options is { } options && !AreOptionsAlike(options, actual.Options) ? "options" : null;

    /// <summary>
    /// PSH is left to the sender (RFC 9293 §3.9.1.2, SHLD-28, SHLD-29) and depends on how it cuts its queue into segments; it is compared for FreeBSD only,
    /// which like this stack sets it where the queue ends.
    /// </summary>
    private ControlBits Compared(ScriptSegment expected)
        => _profile == ScriptProfile.FreeBsd && expected.PayloadLength > 0 ? ControlBits.All : ControlBits.All & ~ControlBits.Psh;

    private bool IsAcknowledgmentWrong(ScriptSegment expected, SniffedSegment actual)
        => expected.Bits.Has(ControlBits.Ack) && !expected.IsAcknowledgmentAbsolute && expected.Acknowledgment is { } number
            && number != _flow.PeerToScript(actual.Acknowledgment, actual.Bits.Has(ControlBits.Syn));

    /// <summary>
    /// How much a host promises is its own choice: the profile without an author's choices compares only whether it is open. FreeBSD rounds a scaled window up
    /// since version 13 and down before.
    /// </summary>
    private bool IsWindowWrong(ScriptSegment expected, SniffedSegment actual)
        => expected.Window is { } window && !expected.Bits.Has(ControlBits.Rst)
            && (_profile == ScriptProfile.Rfc ? window == 0 != (actual.Window == 0)
                : Math.Abs(window - actual.Window) > (_profile == ScriptProfile.FreeBsd && _flow.IsScaled && !expected.Bits.Has(ControlBits.Syn) ? 1 : 0));

    private static string? IpDifference(ScriptIpFields expected, SniffedSegment actual)
        => expected.Ecn is { } ecn && (byte)ecn != (actual.TrafficClass & 3) ? "ECN bits"
            : expected.AnyEct && (actual.TrafficClass & 3) is not (1 or 2) ? "ECN bits"
            : expected.TrafficClass is { } trafficClass && trafficClass != actual.TrafficClass ? "traffic class"
            : expected.TimeToLive is { } timeToLive && timeToLive != actual.TimeToLive ? "time to live"
            : null;

    private bool AreOptionsAlike(IReadOnlyList<ScriptOption> expected, IReadOnlyList<ScriptOption> actual)
    {
        if (_profile == ScriptProfile.Rfc)
        {
            expected = Meaningful(expected);
            actual = Meaningful(actual);
        }

        if (expected.Count != actual.Count)
        {
            return false;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            if (!IsAlike(expected[i], actual[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Without padding, in the order of their kinds: the order has no meaning (RFC 9293 §3.1).</summary>
    private static List<ScriptOption> Meaningful(IReadOnlyList<ScriptOption> options)
        => [.. options.Where(static option => option.Kind is not (TcpOptionKind.End or TcpOptionKind.NoOperation)).OrderBy(static option => option.Kind)];

    private (uint Left, uint Right) ToScript((uint Left, uint Right) block)
        => (_flow.PeerToScript(new(block.Left), isSyn: false), _flow.PeerToScript(new(block.Right), isSyn: false));

    private bool IsAlike(ScriptOption expected, ScriptOption actual) => expected.Kind == actual.Kind && expected.Kind switch
    {
        // TSval is the stack's own clock; the script's number is a name for it.
        TcpOptionKind.Timestamps => expected.Second == actual.Second,
        TcpOptionKind.Sack => (expected.Blocks ?? []).SequenceEqual((actual.Blocks ?? []).Select(ToScript)),
        TcpOptionKind.WindowScale => !_comparesScale || expected.First == actual.First,
        _ => expected.First == actual.First,
    };
}
