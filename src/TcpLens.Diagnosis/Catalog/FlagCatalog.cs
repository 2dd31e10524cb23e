using TcpLens.Protocol;
using static TcpLens.Protocol.ControlBits;

namespace TcpLens.Diagnosis;

/// <summary>The nine control bits and the combinations that are met or warned of. Any other combination gets a page made of its bits.</summary>
public static class FlagCatalog
{
    private static readonly FlagPage[] Single =
    [
        new(Syn, "SYN: a call",
            "Opens a connection: here is my first sequence number. It takes one sequence number itself.",
            "The first segment of every connection, from the side that calls; repeated after 1 s when nobody answers.",
            "Many to many ports: a scan. Many to one port without a third segment: a flood, or answers that get lost.",
            "RFC 9293 3.5"),
        new(Ack, "ACK: the acknowledgment number counts",
            "Every octet before the acknowledgment number has arrived.",
            "Every segment except the first SYN and some RSTs.",
            "Alone to a port without a connection: a scan of firewalls, or a connection that the other side still remembers.",
            "RFC 9293 3.4"),
        new(Fin, "FIN: I have no more to send",
            "The end of one direction; the other one may go on. It takes one sequence number. In practice it always comes with ACK.",
            "Once from each side at the end of a connection, together with ACK.",
            "Without ACK: no TCP sends that; a scan.",
            "RFC 9293 3.6"),
        new(Rst, "RST: there is no such connection, or it ends here",
            "The connection is aborted; whatever was on its way is lost. It is never acknowledged.",
            "An answer to a SYN for a port where nobody listens, or to a segment of a connection that is gone.",
            "In the middle of a connection: a program that closed with unread data or SO_LINGER 0, a crash, an idle timeout of a middlebox.",
            "RFC 9293 3.5.2, RFC 5961 3"),
        new(Psh, "PSH: hand it over now",
            "A hint to deliver what has come so far. It is not a mark of records.",
            "On the last segment of what a program wrote. Data without PSH is just as common.",
            "Hardly ever.",
            "RFC 9293 3.9.1"),
        new(Urg, "URG: the urgent pointer counts",
            "Somewhere ahead is a place the receiver should read up to quickly. New programs should not use it.",
            "telnet, rlogin and old FTP.",
            "Anywhere else; it was used to slip data past inspection.",
            "RFC 9293 3.8.5, RFC 6093"),
        new(Ece, "ECE: congestion echo",
            "In a SYN: I can do ECN. Later: a segment of yours arrived with a congestion mark (IP's CE).",
            "On connections that agreed on ECN, until a CWR answers it; part of a three-bit counter where AccECN was agreed on.",
            "On a connection that did not agree on ECN.",
            "RFC 3168 6.1, RFC 9768"),
        new(Cwr, "CWR: congestion window reduced",
            "In a SYN, with ECE: I can do ECN. Later: I saw your ECE and slowed down.",
            "Once after an ECE; part of a three-bit counter where AccECN was agreed on.",
            "On a connection that did not agree on ECN.",
            "RFC 3168 6.1.2, RFC 9768"),
        new(Ae, "AE: accurate ECN",
            "In a SYN: I can do accurate ECN. Later: the high bit of the counter of congestion marks (AE, CWR, ECE). Once called NS.",
            "On Linux newer than 6.18 with tcp_ecn 3 to 5, and on other systems with L4S.",
            "Together with an old stack at the other end it is a bit that someone forgot to clear.",
            "RFC 9768 3.1"),
    ];

    private static readonly FlagPage[] Combined =
    [
        new(Syn | Ack, "SYN+ACK: the call is answered",
            "I heard your SYN, here is mine.",
            "The second segment of every handshake; repeated after 1 s when the third one does not come.",
            "Without a SYN of ours: someone forged our address in a flood (backscatter), or packets take two different paths.",
            "RFC 9293 3.5"),
        new(Fin | Ack, "FIN+ACK: end of my data",
            "The usual form of FIN. It does not say that it acknowledges a FIN of ours: compare the numbers.",
            "Once from each side. The second side's may carry the ACK of the first one's, which makes a close of three segments.",
            "At once after the handshake, over and over: health checks, or clients that find nothing to talk about.",
            "RFC 9293 3.6"),
        new(Fin | Psh | Ack, "FIN+PSH+ACK: last data and end",
            "The last octets and the end of the stream in one segment.",
            "Short answers of servers that close at once.", "Hardly ever.", "RFC 9293 3.6"),
        new(Psh | Ack, "PSH+ACK: data",
            "A segment with data that the receiver should hand over.",
            "The most common segment with data.", "Hardly ever.", "RFC 9293 3.9.1"),
        new(Rst | Ack, "RST+ACK: refused or aborted",
            "An abort that carries an acknowledgment number, so that the receiver can check that it is meant.",
            "The answer to a SYN for a closed port; also how Linux aborts a live connection.",
            "Where packets of a connection pass a firewall, it may be the firewall that sends it: compare the TTL.",
            "RFC 9293 3.5.2"),
        new(Urg | Ack, "URG+ACK: data with an urgent pointer", "As URG.", "telnet, rlogin, old FTP.", "Anywhere else.", "RFC 6093"),
        new(Syn | Ece | Cwr, "SYN+ECE+CWR: a call that offers ECN",
            "Opens a connection and offers explicit congestion notification.",
            "From clients with ECN on (tcp_ecn 1 on Linux; usual on Apple systems).",
            "A path that drops it makes connects slow: the retry comes without the offer (tcp_ecn_fallback).",
            "RFC 3168 6.1.1"),
        new(Syn | Ack | Ece, "SYN+ACK+ECE: ECN accepted",
            "The answer to the offer: classic ECN will be used.",
            "Linux answers so by default (tcp_ecn 2) when it is asked.", "When nobody offered ECN.", "RFC 3168 6.1.1"),
        new(Syn | Ece | Cwr | Ae, "SYN+ECE+CWR+AE: a call that offers accurate ECN",
            "Opens a connection and offers AccECN; an older server answers as if it were classic ECN.",
            "Linux newer than 6.18 with tcp_ecn 3, and L4S clients.",
            "A middlebox that clears one bit of the three turns the offer into something else.",
            "RFC 9768 3.1.1"),
        new(Syn | Ack | Cwr, "SYN+ACK+CWR: accurate ECN accepted",
            "AccECN will be used; the SYN arrived without an ECN mark in its IP header.",
            "The usual answer of an AccECN server.", "When nobody offered AccECN.", "RFC 9768 3.1.2"),
        new(Syn | Ack | Ece | Cwr, "SYN+ACK+ECE+CWR: accurate ECN accepted, SYN came with ECT(1)",
            "AccECN will be used; the SYN's IP header arrived marked ECT(1).",
            "Only when the client sent its SYN so.", "Otherwise someone on the path changed the IP header.", "RFC 9768 3.1.2"),
        new(Syn | Ack | Ae, "SYN+ACK+AE: accurate ECN accepted, SYN came with ECT(0)",
            "AccECN will be used; the SYN's IP header arrived marked ECT(0).",
            "Only when the client sent its SYN so.", "Otherwise someone on the path changed the IP header.", "RFC 9768 3.1.2"),
        new(Syn | Ack | Cwr | Ae, "SYN+ACK+CWR+AE: accurate ECN accepted, SYN met congestion",
            "AccECN will be used; the SYN's IP header arrived with a congestion mark.",
            "A congested path with ECN.", "When the SYN was not ECN-capable.", "RFC 9768 3.1.2"),
        new(Syn | Ack | Ece | Ae, "SYN+ACK+ECE+AE: the nonce sum of old",
            "What a server with the experimental ECN nonce would answer; AccECN clients treat it as classic ECN.",
            "Never today.", "Always worth a look.", "RFC 9768 3.1.2"),
        new(Syn | Ack | Ece | Cwr | Ae, "SYN+ACK+ECE+CWR+AE: the offer came back unread",
            "The server copied the bits of the SYN. The client must not use ECN.",
            "Never.", "A broken stack or middlebox.", "RFC 9768 3.1.2"),
        new(Ack | Ece, "ACK+ECE: a congestion mark reported",
            "With classic ECN: a segment arrived marked. With AccECN: a value of the counter.",
            "Connections with ECN on a congested path.", "On a connection without ECN.", "RFC 3168 6.1.3"),
        new(Ack | Cwr, "ACK+CWR: the report was heard",
            "With classic ECN: the sender slowed down. With AccECN: a value of the counter.",
            "After ECE.", "On a connection without ECN.", "RFC 3168 6.1.2"),
    ];

    private static readonly FlagPage[] Illegal =
    [
        new(None, "No bits: a null segment",
            "Says nothing at all.", "", "Always: a scan. Closed ports answer with RST, open ones with silence, and that is what the scanner wants to know.",
            "RFC 9293 3.10.7"),
        new(Syn | Fin, "SYN+FIN: illegal",
            "Opens and ends a stream in one segment.", "",
            "Always: a scan or a crafted packet. Linux drops it at a listener in silence.", "RFC 9293 3.10.7"),
        new(Syn | Rst, "SYN+RST: illegal",
            "Opens a connection and says that there is none. The RST wins: it is looked at first.", "", "Always: a crafted or damaged packet.", "RFC 9293 3.10.7"),
        new(Fin | Rst, "FIN+RST: illegal",
            "An orderly end and an abort at once. The RST wins.", "", "Always: a crafted packet, or a broken middlebox.", "RFC 9293 3.10.7"),
        new(Fin | Psh | Urg, "FIN+PSH+URG: the Christmas tree",
            "Lit up like a tree, and no ACK.", "", "Always: a scan (nmap -sX). Closed ports answer with RST, open ones with silence.", "RFC 9293 3.10.7"),
    ];

    /// <summary>Every written page: single bits, usual combinations, illegal ones.</summary>
    public static IReadOnlyList<FlagPage> All { get; } = [.. Single, .. Combined, .. Illegal];

    /// <summary>The page for these bits: written when they are usual or notorious, else put together from the bits.</summary>
    public static FlagPage Of(ControlBits bits)
    {
        foreach (FlagPage page in All)
        {
            if (page.Bits == bits)
            {
                return page;
            }
        }

        return Compose(bits);
    }

    /// <summary>Why a combination is illegal, in a sentence; what it may be used for when it is not.</summary>
    public static string Explain(ControlBitsFault fault) => fault switch
    {
        ControlBitsFault.None => "Legal: some TCP sends this.",
        ControlBitsFault.Null => "Illegal: without SYN, RST, ACK or FIN it means nothing, and every state drops it.",
        ControlBitsFault.Christmas => "Illegal: FIN, PSH and URG without ACK; sent by scanners.",
        ControlBitsFault.SynFin => "Illegal: SYN opens what FIN ends.",
        ControlBitsFault.SynRst => "Illegal: SYN opens what RST denies.",
        ControlBitsFault.FinRst => "Illegal: FIN ends in order what RST aborts.",
        ControlBitsFault.NoAck => "Illegal: only a first SYN and a RST may come without ACK; everything else is dropped.",
    };

    private static FlagPage Compose(ControlBits bits)
    {
        IEnumerable<FlagPage> parts = Single.Where(page => bits.Has(page.Bits));
        string meaning = string.Join(" ", parts.Select(page => $"{ControlBitsText.Format(page.Bits)}: {page.Meaning}"));
        bool isLegal = bits.Fault == ControlBitsFault.None;
        return new FlagPage(
            bits,
            $"{ControlBitsText.Format(bits)}: {(isLegal ? "a combination without a name of its own" : "illegal")}",
            meaning,
            isLegal ? "Where each of its bits is." : "",
            isLegal ? "Where one of its bits is." : "Always: no TCP sends it.",
            "RFC 9293 3.1");
    }
}
