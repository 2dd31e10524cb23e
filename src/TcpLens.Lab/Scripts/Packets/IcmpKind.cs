using System.Globalization;

namespace TcpLens.Lab;

/// <summary>Type and code of an ICMP message.</summary>
/// <param name="Type">RFC 792, RFC 4443.</param>
/// <param name="Code">0 where a type has only one.</param>
/// <param name="IsError">It quotes the packet it is about.</param>
internal readonly record struct IcmpKind(byte Type, byte Code, bool IsError)
{
    /// <exception cref="UnsupportedFeatureException">A name that is not known here.</exception>
    public static IcmpKind Of(ScriptIcmp message, bool isV4)
    {
        (byte type, bool isError) = isV4 ? TypeV4(message.Type) : TypeV6(message.Type);
        byte code = message.Code is { } name ? Numbered(name, "code_") ?? (isV4 ? CodeV4(name) : CodeV6(name)) : (byte)0;
        return new(type, code, isError);
    }

    private static (byte Type, bool IsError) TypeV4(string name) => name switch
    {
        "unreachable" => (3, true),
        "source_quench" => (4, true),
        "redirect" => (5, true),
        "time_exceeded" => (11, true),
        "parameter_problem" => (12, true),
        "echo_reply" => (0, false),
        "echo_request" => (8, false),
        "timestamp_request" => (13, false),
        "timestamp_reply" => (14, false),
        "information_request" => (15, false),
        "information_reply" => (16, false),
        "address_mask_request" => (17, false),
        "address_mask_reply" => (18, false),
        _ => Numbered(name, "type_") is { } type ? (type, type is 3 or 4 or 5 or 11 or 12) : throw Unknown(name),
    };

    private static (byte Type, bool IsError) TypeV6(string name) => name switch
    {
        "unreachable" => (1, true),
        "packet_too_big" => (2, true),
        "time_exceeded" => (3, true),
        "parameter_problem" => (4, true),
        "echo_request" => (128, false),
        "echo_reply" => (129, false),
        "router_solicitation" => (133, false),
        "router_advertisement" => (134, false),
        "neighbor_solicitation" => (135, false),
        "neighbor_advertisement" => (136, false),
        _ => Numbered(name, "type_") is { } type ? (type, type < 128) : throw Unknown(name),
    };

    private static byte CodeV4(string name) => name switch
    {
        "net_unreachable" or "ttl_exceeded_in_transit" => 0,
        "host_unreachable" or "reassembly_time_exceeded" => 1,
        "protocol_unreachable" => 2,
        "port_unreachable" => 3,
        "frag_needed" => 4,
        "source_route_failed" => 5,
        "net_unknown" => 6,
        "host_unknown" => 7,
        "source_host_isolated" => 8,
        "net_prohibited" => 9,
        "host_prohibited" => 10,
        "net_unreachable_for_tos" => 11,
        "host_unreachable_for_tos" => 12,
        "packet_filtered" or "comm_prohibited" => 13,
        "precedence_violation" => 14,
        "precedence_cutoff" => 15,
        _ => throw Unknown(name),
    };

    private static byte CodeV6(string name) => name switch
    {
        "no_route" or "ttl_exceeded_in_transit" or "exceeded_hop_limit" or "erroneous_header_field" => 0,
        "admin_prohibited" or "unrecognized_next_header" or "unknown_next_header" => 1,
        "not_neighbour" or "not_neighbor" => 2,
        "addr_unreachable" => 3,
        "port_unreachable" => 4,
        _ => throw Unknown(name),
    };

    private static byte? Numbered(string name, string prefix)
        => name.StartsWith(prefix, StringComparison.Ordinal) && byte.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            ? number
            : null;

    private static UnsupportedFeatureException Unknown(string name) => new($"icmp {name}");
}
