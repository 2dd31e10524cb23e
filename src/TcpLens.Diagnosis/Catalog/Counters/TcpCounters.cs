namespace TcpLens.Diagnosis;

/// <summary>The table Tcp of /proc/net/snmp (RFC 4022).</summary>
internal static class TcpCounters
{
    public static readonly CounterPage[] Pages =
    [
        new("Tcp.RtoAlgorithm", "A constant: 1, \"other\"."),
        new("Tcp.RtoMin", "A constant: 200. What holds is tcp_rto_min_us and the route's rto_min.") { Unit = "ms" },
        new("Tcp.RtoMax", "A constant: 120000. What holds is tcp_rto_max_ms.") { Unit = "ms" },
        new("Tcp.MaxConn", "A constant: -1, no limit."),
        new("Tcp.ActiveOpens", "SYNs of connect(), once for each connection.", "How many connections this side opens.")
        {
            NotToConfuse = "A connect() without a free port (EADDRNOTAVAIL) sends no SYN and is not counted, here or anywhere.",
            Conditions = ["connection-refused", "syn-sent-pileup"],
        },
        new("Tcp.PassiveOpens", "Handshakes that were completed towards a listener: the last ACK has come and a socket was made.", "How many connections this side accepts.")
        {
            NotToConfuse = "The kernel's documentation says SYNs received; those without a last ACK are not in it.",
            Conditions = ["syn-recv-pileup"],
        },
        new("Tcp.AttemptFails", "Handshakes that came to nothing: refused, timed out, or reset while half-open.", "Connects fail, or someone scans: an RST for a half-open request counts too.") { Conditions = ["connection-refused", "syn-sent-pileup"] },
        new("Tcp.EstabResets", "Connections that went from ESTABLISHED or CLOSE-WAIT to CLOSED without a FIN from both sides.", "Connections are cut off.")
        {
            NotToConfuse = "Not only RSTs that came in: this side's own aborts count too (SO_LINGER 0, unread data at close, keepalive, timeouts, ss -K). Subtract the counters TCPAbortOnClose, OnData, OnMemory and OnTimeout.",
            Conditions = ["reset-storm-in", "reset-storm-out"],
        },
        new("Tcp.CurrEstab", "Connections in ESTABLISHED and CLOSE-WAIT, now.") { NotToConfuse = "CLOSE-WAIT is in it; /proc/net/sockstat's inuse counts listeners and more.", Conditions = ["close-wait-leak"] },
        new("Tcp.InSegs", "Segments received, also wrong ones; what the device has put together (GRO) counts once."),
        new("Tcp.OutSegs", "Segments sent, without retransmissions.") { NotToConfuse = "ACKs are in it: for a rate of loss divide by TCPOrigDataSent.", Conditions = ["retransmission-rate"] },
        new("Tcp.RetransSegs", "Segments sent again, of every kind.", "Loss, or the fear of it.")
        {
            NotToConfuse = "SYNs and SYN+ACKs are in it, so a flood or a dead destination makes it grow: subtract TCPSynRetrans. Tail loss probes are in it as well.",
            Conditions = ["retransmission-rate", "rto-and-tail-loss", "syn-sent-pileup"],
        },
        new("Tcp.InErrs", "Segments with a bad checksum or header, and SYNs that reach a connection that stands.", "Look at InCsumErrors first.")
        {
            NotToConfuse = "Not only damage: a SYN+ACK that a server repeats counts here at the client.",
            Conditions = ["checksum-errors", "challenge-acks"],
        },
        new("Tcp.OutRsts", "RSTs that this side sent or tried to send.", "Refused connects, or connections that this side aborts.") { Conditions = ["reset-storm-out", "time-wait-bucket-overflow"] },
        new("Tcp.InCsumErrors", "Segments with a bad checksum; they count in InErrs too.", "Damage on the way that the link did not notice.")
        {
            NotToConfuse = "Wrong checksums that tcpdump shows on outgoing packets are no error: the device fills them in.",
            Conditions = ["checksum-errors"],
        },
    ];
}
