using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Somebody's rule: firewalls, BPF programs, security modules, IPsec.</summary>
internal static class PolicyDrops
{
    public static readonly ReasonPage[] Pages =
    [
        new("NETFILTER_DROP", Notice, "dropped by a firewall rule", "A rule of nftables or iptables on this machine, in the network namespace where the event came; also the connection tracker when its table is full or the segment fits no tracked connection.")
        {
            Advice = "nft monitor trace (with meta nftrace set 1) tells which rule.",
            SeeAlso = ["TCPRetransFail", "nf_conntrack_max"],
            Conditions = ["local-drop", "conntrack-full", "syn-sent-pileup"],
        },
        new("SOCKET_FILTER", Notice, "dropped by a filter of the socket", "A BPF filter that a program put on the socket (SO_ATTACH_FILTER, SO_ATTACH_BPF), or a program of its cgroup for arriving packets, such as systemd's IPAddressDeny=.") { Conditions = ["local-drop"] },
        new("BPF_CGROUP_EGRESS", Notice, "dropped by a BPF program of the cgroup", "A program of the process's cgroup refused the packet on its way out: systemd's IPAddressDeny=, a container's policy.") { Conditions = ["local-drop", "syn-sent-pileup"] },
        new("SECURITY_HOOK", Notice, "refused by a security module", "SELinux, Smack or another module did not let the packet reach the socket.") { Conditions = ["local-drop"] },
        new("XDP", Notice, "dropped by an XDP program", "A BPF program of the device threw it away before the stack saw it: protection from floods, or a mistake in one.") { Advice = "ip link show and bpftool net list tell which program.", Conditions = ["local-drop"] },
        new("TC_INGRESS", Notice, "dropped by tc, arriving", "A filter, policer or BPF program of the device's ingress hook.") { Advice = "tc -s filter show dev DEVICE ingress", Conditions = ["local-drop"] },
        new("TC_EGRESS", Notice, "dropped by tc, leaving", "A filter or BPF program of the device's egress hook; where Kubernetes' network policies are BPF, it is they.") { Advice = "tc -s filter show dev DEVICE egress", Conditions = ["local-drop"] },
        new("TC_COOKIE_ERROR", Notice, "tc could not keep its place", "A chain of tc filters that the network card runs in part could not note where it stopped: no memory."),
        new("TC_CHAIN_NOTFOUND", Notice, "tc was sent to a chain that is not there", "A tc filter jumps to a chain that does not exist: a mistake in the rules.") { Conditions = ["local-drop"] },
        new("TC_RECLASSIFY_LOOP", Notice, "tc filters go round in a circle", "The filters asked to be gone through again too often: a mistake in the rules.") { Conditions = ["local-drop"] },
        new("XFRM_POLICY", Notice, "against the IPsec policy", "The packet came in the clear and the policy demands IPsec, or the other way round.") { Advice = "ip xfrm policy shows the policy, ip xfrm monitor what fails.", Conditions = ["local-drop"] },
        new("TAP_FILTER", Notice, "dropped by the filter of a TUN or TAP device", "A BPF program of the device (TUNSETFILTEREBPF) threw it away.") { Conditions = ["local-drop"] },
        new("TAP_TXFILTER", Notice, "not for the reader of a TAP device", "The device's filter by MAC address (TUNSETTXFILTER) threw it away."),
    ];
}
