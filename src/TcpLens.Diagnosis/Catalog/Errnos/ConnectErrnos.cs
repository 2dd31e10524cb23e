using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>What connect() ends with, and what the network tells of a peer that cannot be reached.</summary>
internal static class ConnectErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("ETIMEDOUT", new(
            "Nobody answered for as long as this machine goes on trying. The peer, its host or the path is dead, or drops packets in silence.",
            (Connect, "Every SYN stayed without an answer: 131 s with the defaults (explain syn-sent)."),
            (Send, "Sent data was never acknowledged (tcp_retries2: 15 min or more), or TCP_USER_TIMEOUT passed."),
            (Receive, "The same; also keepalive probes without an answer."),
            (Poll, "POLLERR with POLLHUP; SO_ERROR gives it once, then the socket is closed for good."))
        {
            Causes = ["a firewall that drops", "a host that is down, moved or unplugged", "a full accept queue at the peer: it drops SYNs too", "a path that lost its state: NAT, conntrack, a load balancer"],
            Advice =
            [
                "Give connects a time limit of their own (2 to 5 s), and requests one too: the kernel's limits are minutes.",
                "TCP_USER_TIMEOUT bounds how long sent data may stay unacknowledged; keepalive finds peers that died while nothing was sent.",
                "SO_RCVTIMEO and SO_SNDTIMEO do not end in this: they give EAGAIN, or EINPROGRESS on connect().",
            ],
            NextSteps =
            [
                new("tcplens list state syn-sent --process", "connects that hang now, and whose"),
                new("tcplens list 'retrans >= 2' --info", "connections whose peer does not acknowledge"),
                new("tcplens explain TCPAbortOnTimeout", "how many connections ended so"),
            ],
            Conditions = ["syn-sent-pileup", "slow-dead-peer-detection", "stalled-transmission", "half-open-suspect", "accept-queue-overflow"],
        }),
        new("ECONNREFUSED", new(
            "Someone answered that nobody listens there: an RST to the SYN, or an ICMP port unreachable.",
            (Connect, "At once, after one round trip. Linux does not try again by itself."),
            (Receive, "Only on connected UDP sockets, for a datagram sent before."),
            (Poll, "Of a non-blocking connect: POLLERR and POLLHUP, then SO_ERROR."))
        {
            Causes = ["the service is not running, or still starts", "it listens on 127.0.0.1, on another port or only in the other family", "a firewall that rejects with an RST or port unreachable", "a container port that is not published"],
            Advice = ["Try again after a pause that grows; at once makes a storm of SYNs and RSTs.", "Pulling a cable does not give this: that is ETIMEDOUT or EHOSTUNREACH."],
            NextSteps = [new("tcplens list state listen --process", "what listens here, on which address"), new("tcplens explain AttemptFails", "how many connects failed")],
            Conditions = ["connection-refused", "reset-storm-out"],
        }),
        new("EHOSTUNREACH", new(
            "The network is there and the host is not: no answer on its link, a route that says unreachable, or an ICMP message that says so.",
            (Connect, "From an ICMP host unreachable or administratively prohibited; from a route of type unreachable; after about 3 s when ARP or neighbour discovery gets no answer."),
            (Send, "The last word of a connection that timed out, when such an ICMP message came in the meantime."),
            (Receive, "The same, in place of ETIMEDOUT."),
            (Poll, "SO_ERROR can show it as a hint while the connection still lives and goes on trying."))
        {
            Causes = ["the host is down or has another address now", "a firewall that rejects with host-prohibited or admin-prohibited", "a wrong netmask: the address is taken to be on the link", "a loop of routes: time exceeded gives it too"],
            Advice = ["Who sends the ICMP message tells who refuses: tcpdump 'icmp or icmp6'.", "On a connection that stands it is no reason to close: routes come back."],
            NextSteps = [new("ip route get ADDRESS", "which route, interface and source are used"), new("ip neigh", "FAILED or INCOMPLETE: no answer on the link")],
            Conditions = ["connection-refused", "syn-sent-pileup"],
        }),
        new("ENETUNREACH", new(
            "This machine, or a router on the way, has no route to that network.",
            (Connect, "At once when there is no route here or the interface is down; after a round trip from an ICMP net unreachable, net unknown or net prohibited."),
            (Send, "The last word of a connection that timed out, when such an ICMP message came in the meantime."),
            (Poll, "SO_ERROR can show it as a hint while the connection still lives."))
        {
            Causes = ["no default route", "an IPv6 address, and a host with only link-local IPv6", "an interface that is down", "a container without a network"],
            Advice = ["Try the next address of the name: getaddrinfo() gives IPv6 first even where it leads nowhere."],
            NextSteps = [new("ip route get ADDRESS", "whether there is a route")],
            Conditions = ["connection-refused"],
        }),
        new("ENETDOWN", new(
            "The interface that the socket insists on is down.",
            (Connect, "Rare for TCP: an interface that is down usually has no route, which is ENETUNREACH."),
            (Send, "Packet and raw sockets bound to an interface that is down."))
        {
            Causes = ["SO_BINDTODEVICE to an interface that is down"],
            NextSteps = [new("ip link", "which interfaces are up")],
        }),
        new("ENONET", new(
            "An ICMP message said that the source host is isolated (type 3, code 8). Hardly any router sends it.",
            (Connect, "Ends it at once.")) { Conditions = ["connection-refused"] }),
        new("EHOSTDOWN", new(
            "An ICMP message said that the host is unknown (type 3, code 7).",
            (Connect, "Ends it at once.")) { Conditions = ["connection-refused"] }),
        new("ENOPROTOOPT", new(
            "No such option here; or, from the network, no such protocol there.",
            (Create, "getsockopt() or setsockopt() with an option or level that this kernel does not have."),
            (Connect, "An ICMP protocol unreachable: a firewall that rejects so (reject with icmp type prot-unreachable)."))
        {
            Causes = ["a program newer than the kernel", "SOL_SOCKET given in place of IPPROTO_TCP"],
            Advice = ["Probe for options and go on without them; versions of kernels say little."],
            Conditions = ["connection-refused"],
        }),
        new("EPROTO", new(
            "A protocol error. From the network: an ICMP parameter problem.",
            (Connect, "An ICMP parameter problem came: something on the path did not like the IP header."),
            (Accept, "Accept in old texts; Linux gives it for SCTP and for kernel TLS, not for TCP."))
        {
            Conditions = ["connection-refused"],
        }),
    ];
}
