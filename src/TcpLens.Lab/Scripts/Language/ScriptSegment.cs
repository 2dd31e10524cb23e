using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>What a script says of the IP header; null: nothing.</summary>
/// <param name="Ecn">"[ect0]", "[noecn]", "[ce]".</param>
/// <param name="AnyEct">"[ect01]": one of both.</param>
/// <param name="TrafficClass">"(tos 0x20)", "(class 0x20)": all eight bits.</param>
/// <param name="TimeToLive">"(ttl 4)", "(hlim 4)".</param>
public sealed record ScriptIpFields(EcnCodepoint? Ecn = null, bool AnyEct = false, byte? TrafficClass = null, byte? TimeToLive = null);

/// <summary>An option of a segment, in the order it is written.</summary>
/// <param name="Kind">Which.</param>
/// <param name="First">The MSS, the shift, TSval.</param>
/// <param name="Second">TSecr.</param>
/// <param name="Blocks">Of a SACK, in the script's numbers.</param>
public sealed record ScriptOption(TcpOptionKind Kind, uint First = 0, uint Second = 0, IReadOnlyList<(uint Left, uint Right)>? Blocks = null);

/// <summary>A segment in the script's own numbers.</summary>
public sealed record ScriptSegment
{
    public required ControlBits Bits { get; init; }

    public uint Sequence { get; init; }

    public int PayloadLength { get; init; }

    /// <summary>"0:0(0)!", "...(0)": the number as it is on the wire, not counted from an initial one.</summary>
    public bool IsSequenceAbsolute { get; init; }

    public uint? Acknowledgment { get; init; }

    public bool IsAcknowledgmentAbsolute { get; init; }

    /// <summary>As it stands in the header.</summary>
    public ushort? Window { get; init; }

    public ushort? UrgentPointer { get; init; }

    /// <summary>Null for "&lt;...&gt;": whatever stands there.</summary>
    public IReadOnlyList<ScriptOption>? Options { get; init; } = [];

    public ScriptIpFields Ip { get; init; } = new();

    /// <summary>"sock(4)": the socket whose connection it is of; null for the newest.</summary>
    public int? Socket { get; init; }

    /// <summary>What of it the runner does not know; null for nothing.</summary>
    public string? Unsupported { get; init; }
}

/// <summary>An ICMP message in the script's own numbers.</summary>
/// <param name="Type">"unreachable", or a number.</param>
/// <param name="Code">"frag_needed", or a number; null without.</param>
/// <param name="Mtu">Of "frag_needed" and "packet_too_big".</param>
/// <param name="Quoted">The sequence number of the segment that it quotes, and its payload's length; null: the first of the connection.</param>
/// <param name="Ip">Of the packet that carries it.</param>
public sealed record ScriptIcmp(string Type, string? Code, uint? Mtu, (uint Sequence, int Length)? Quoted, ScriptIpFields Ip);
