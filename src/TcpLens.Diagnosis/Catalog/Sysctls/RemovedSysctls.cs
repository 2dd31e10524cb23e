using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Settings that tuning guides still name and no current kernel has. A line for one in a file makes sysctl complain at boot, and nothing else.</summary>
internal static class RemovedSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_tw_recycle", "0", "0 or 1", "2.4", "Ended TIME-WAIT early and refused SYNs whose timestamp was older than the last one of that address.")
        {
            RemovedIn = "4.12",
            Risk = "there is nothing to set",
            Myths =
            [
                "It never was safe: of clients behind one NAT address, those with slower clocks could not connect.",
                "Since 4.10 it could not work any more, because each connection's timestamps start elsewhere.",
                "What it was wanted for: use connections again, then tcp_tw_reuse for outgoing ones.",
            ],
            Conditions = ["time-wait-volume", "unsafe-sysctl", "paws-drops"],
            Rule = SysctlRules.When("net.ipv4.tcp_tw_recycle", 1, Warning, "This old kernel refuses connections of clients that share an address behind NAT."),
        },
        new("net.ipv4.tcp_abc", "0", "0 to 2", "2.6.15", "Appropriate byte counting (RFC 3465).") { RemovedIn = "3.9", Risk = "there is nothing to set" },
        new("net.ipv4.tcp_frto_response", "0", "0 to 2", "2.6.22", "What to do after a needless timeout. F-RTO now always takes the slowing down back.") { RemovedIn = "3.10", Risk = "there is nothing to set" },
        new("net.ipv4.tcp_cookie_size", "0", "0 to 16", "2.6.33", "TCP cookie transactions, an experiment that TCP Fast Open replaced.") { RemovedIn = "3.10", Risk = "there is nothing to set" },
        new("net.ipv4.tcp_thin_dupack", "0", "0 or 1", "2.6.34", "Repeated after one duplicate ACK on thin streams. RACK and tail loss probes do that better.") { RemovedIn = "4.11", Risk = "there is nothing to set" },
        new("net.ipv4.netfilter.ip_conntrack_max", "by memory", "0 and more", "2.4", "The old name of net.netfilter.nf_conntrack_max.") { RemovedIn = "4.9", Risk = "there is nothing to set; use the new name", Conditions = ["conntrack-full"] },
    ];
}
