using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Segments that have to be signed or encrypted: TCP-MD5 (RFC 2385), TCP-AO (RFC 5925), PSP.</summary>
internal static class SignatureDrops
{
    private const string Routers = "BGP sessions use it: compare the keys of both routers.";

    public static readonly ReasonPage[] Pages =
    [
        new("TCP_AUTH_HDR", Notice, "malformed signature option", "An MD5 or AO option of a wrong length, twice, or both at once.") { Advice = Routers },
        new("TCP_MD5NOTFOUND", Notice, "not signed, and a TCP-MD5 key is set", "The socket has a TCP-MD5 key for that peer and the segment has no signature: the peer has no key, or somebody else sent it.") { Advice = Routers, SeeAlso = ["TCPMD5NotFound"] },
        new("TCP_MD5UNEXPECTED", Notice, "signed, and no TCP-MD5 key is set", "The peer signs, and this end has no key for it.") { Advice = Routers, SeeAlso = ["TCPMD5Unexpected"] },
        new("TCP_MD5FAILURE", Warning, "wrong TCP-MD5 signature", "Both ends have a key, and not the same; or the segment was changed on the way (NAT).") { Advice = Routers, SeeAlso = ["TCPMD5Failure"] },
        new("TCP_AONOTFOUND", Notice, "not signed, and TCP-AO is required", "The socket has a TCP-AO key for that peer and the segment has no signature.") { Advice = Routers, SeeAlso = ["TCPAORequired"] },
        new("TCP_AOUNEXPECTED", Notice, "signed, and no TCP-AO key is set", "The peer signs with TCP-AO, and this end does not use it.") { Advice = Routers, SeeAlso = ["TCPAOKeyNotFound"] },
        new("TCP_AOKEYNOTFOUND", Notice, "signed with a TCP-AO key unknown here", "The segment names a key that this end does not have: a change of keys that reached one end only.") { Advice = Routers, SeeAlso = ["TCPAOKeyNotFound"] },
        new("TCP_AOFAILURE", Warning, "wrong TCP-AO signature", "The key is known and the signature does not fit: different secrets, or the segment was changed on the way.") { Advice = Routers, SeeAlso = ["TCPAOBad"] },
        new("PSP_INPUT", Notice, "not encrypted as the connection demands (PSP)", "The connection was moved to PSP, encryption by the network card, and the segment came without it or under other keys."),
        new("PSP_OUTPUT", Notice, "cannot be sent encrypted (PSP)", "The connection demands PSP, and the packet would leave through a device that is not the one with its keys."),
    ];
}
