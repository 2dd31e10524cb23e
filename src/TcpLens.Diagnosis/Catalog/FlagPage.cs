using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>What there is to know about one control bit or one combination of them.</summary>
/// <param name="Bits">The bits, all of them.</param>
/// <param name="Title">"SYN+ACK: …".</param>
/// <param name="Meaning">What the sender says with it.</param>
/// <param name="Normal">When it is to be expected; empty when never.</param>
/// <param name="Suspicious">When it is not.</param>
/// <param name="Source">RFC and section.</param>
public sealed record FlagPage(ControlBits Bits, string Title, string Meaning, string Normal, string Suspicious, string Source)
{
    public ControlBitsFault Fault => Bits.Fault;

    public bool IsLegal => Fault == ControlBitsFault.None;
}
