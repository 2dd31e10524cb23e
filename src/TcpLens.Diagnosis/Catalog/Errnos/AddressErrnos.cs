using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>Addresses and ports, and who may have them.</summary>
internal static class AddressErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("EADDRINUSE", new(
            "Someone has that address and port, and does not share it.",
            (Bind, "bind(): another socket is bound there. bind() to port 0: every port of the range is bound by someone. listen(): two sockets bound with SO_REUSEADDR, and the other one listens already."))
        {
            Causes =
            [
                "another listener, also one on the wildcard address; one on [::] takes IPv4 too",
                "an outgoing connection that was given that port as its own, in any state: then SO_REUSEADDR does not help, not even in TIME-WAIT",
                "connections or TIME-WAIT of an earlier instance that listened without SO_REUSEADDR",
                "SO_REUSEPORT by another user, or by only one of the two", "a socket that is bound and nothing else: ss and netstat hide those",
            ],
            Advice =
            [
                "Set SO_REUSEADDR on every listener, always: it has to be set on the old one as well as on the new one.",
                "Keep ports of services out of the range for outgoing connections: ip_local_reserved_ports.",
                "Waiting or lowering tcp_fin_timeout is no cure.",
            ],
            NextSteps = [new("tcplens list 'sport = :8080' --process", "who has the port, in every state; put your port there"), new("tcplens explain bound-inactive", "sockets that are bound and nothing else")],
            Conditions = ["port-conflict", "ephemeral-listener-overlap", "ephemeral-port-exhaustion", "reuseport-imbalance"],
        }),
        new("EADDRNOTAVAIL", new(
            "bind(): that address is not one of this host's. connect(): no local port is left for that destination.",
            (Bind, "The address belongs to another host, another namespace, or is an IPv6 address that is still being checked for duplicates."),
            (Connect, "Every port of ip_local_port_range is in use towards this address and port from this source address. TIME-WAIT counts. No counter of the kernel moves."))
        {
            Causes = ["many short connections to one destination, closed by this side", "a leak: the ports are held by ESTABLISHED or CLOSE-WAIT", "a range made small, or filled with listeners", "a floating address that is on the other node (ip_nonlocal_bind)"],
            Advice =
            [
                "First use connections again: pools, keep-alive. Then more addresses or ports at either end, then a wider range.",
                "bind() to a source address takes a port for all destinations, unless IP_BIND_ADDRESS_NO_PORT is set.",
                "The limit is for each source, destination and destination port; there is no limit of 65535 connections for a host.",
            ],
            NextSteps = [new("tcplens count --by remote,state", "towards whom the ports are used"), new("tcplens explain ip_local_port_range", "the range of this machine")],
            Conditions = ["ephemeral-port-exhaustion", "time-wait-volume", "close-wait-leak"],
        }),
        new("EACCES", new(
            "A rule of this machine, or an ICMP message, forbids it.",
            (Bind, "A port below ip_unprivileged_port_start without CAP_NET_BIND_SERVICE."),
            (Connect, "A route of type prohibit; over IPv6 also an ICMP message: administratively prohibited, failed policy, reject route."),
            (Send, "Not TCP: a datagram to a broadcast address without SO_BROADCAST."))
        {
            Causes = ["a service started without its capability", "ip rule or ip route with prohibit", "SELinux or AppArmor"],
            NextSteps = [new("tcplens explain ip_unprivileged_port_start", "from which port on everybody may bind"), new("ip route get ADDRESS", "prohibited routes")],
            Conditions = ["port-conflict", "connection-refused"],
        }),
        new("EPERM", new(
            "Not permitted: a capability is missing, or a firewall or security module of this machine said no.",
            (Create, "setsockopt() of what needs CAP_NET_ADMIN: SO_MARK, SO_RCVBUFFORCE, IP_TRANSPARENT, TCP_REPAIR, a congestion control that is not allowed."),
            (Connect, "A security module or BPF program of the cgroup refuses. A SYN dropped in the output chain gives no error: it times out."),
            (Accept, "A firewall rule forbids the connection (accept(2)); rare."),
            (Send, "Datagrams only: dropped in the output chain, or the conntrack table is full."))
        {
            Causes = ["a drop rule in the output chain", "a full conntrack table", "cgroup BPF programs: systemd's IPAddressDeny, a container's policy"],
            Advice = ["For TCP the trace of a local drop is TCPRetransFail, not an errno."],
            NextSteps = [new("tcplens explain TCPRetransFail", "retransmits that could not leave this host")],
            Conditions = ["local-drop", "conntrack-full"],
        }),
        new("EDESTADDRREQ", new(
            "Datagrams only: no destination was given and the socket has no peer.",
            (Send, "Not TCP: a TCP socket without a peer gives EPIPE.")) { Causes = ["sendto() left out on an unconnected UDP or UNIX socket"] }),
        new("ENODEV", new(
            "No such interface.",
            (Create, "SO_BINDTODEVICE with a name that this namespace does not have."),
            (Bind, "An IPv6 address with the scope of an interface that is not there."),
            (Connect, "The same."))
        {
            Causes = ["the interface was renamed, or is in another namespace"],
            NextSteps = [new("ip link", "interfaces of this namespace"), new("tcplens netns", "the others")],
        }),
        new("EAFNOSUPPORT", new(
            "The family of the address or socket is not available.",
            (Create, "socket(AF_INET6) where IPv6 is switched off at boot (ipv6.disable=1) or not built in."),
            (Bind, "An address of another family than the socket's."),
            (Connect, "The same: an IPv6 address for an IPv4 socket."))
        {
            Causes = ["IPv6 switched off", "a family filtered away: RestrictAddressFamilies= of systemd, seccomp"],
            NextSteps = [new("tcplens explain net.ipv6.conf.all.disable_ipv6", "the softer way to switch IPv6 off gives EADDRNOTAVAIL")],
        }),
        new("EPROTONOSUPPORT", new(
            "No such protocol in this family.",
            (Create, "socket() with a protocol that does not go with its type, or whose module is not there: IPPROTO_MPTCP on a kernel without it.")) { Advice = ["For MPTCP: fall back to plain TCP."] }),
        new("ESOCKTNOSUPPORT", new(
            "No such type of socket in this family.",
            (Create, "socket() with a type that the family does not have, or whose module may not be loaded."))),
        new("EPROTOTYPE", new(
            "The protocol is of another type.",
            (Connect, "UNIX sockets: a stream socket to a datagram one or the other way round. Not TCP."))),
        new("EOPNOTSUPP", new(
            "This kind of socket cannot do that.",
            (Bind, "listen() on a datagram socket."),
            (Accept, "accept() on a datagram socket."),
            (Connect, "An ICMP source route failed message; hardly ever."),
            (Send, "MSG_OOB where there is no such thing; MSG_FASTOPEN where the client side of TCP Fast Open is off (tcp_fastopen bit 1)."))
        {
            Causes = ["SOCK_DGRAM where SOCK_STREAM was meant"],
            NextSteps = [new("tcplens explain tcp_fastopen", "what is on")],
        }),
        new("ENOENT", new(
            "No such file; of a socket: no such algorithm or module.",
            (Create, "setsockopt(TCP_CONGESTION) or TCP_ULP with a name that this kernel does not know and cannot load."),
            (Connect, "Not TCP: the path of a UNIX socket does not exist."))
        {
            Advice = ["Load the module first (modprobe tcp_bbr): without CAP_NET_ADMIN a program cannot make the kernel load it."],
            NextSteps = [new("tcplens explain tcp_available_congestion_control", "what is loaded")],
        }),
    ];
}
