using static TcpLens.Diagnosis.Severity;

namespace TcpLens.Diagnosis;

/// <summary>Buffers, windows and memory.</summary>
internal static class MemorySysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.tcp_rmem", "4096 131072, and 32 MiB (6 MiB before 6.16) or a 128th of memory if that is less", "three sizes: least, at the start, most", "2.4", "Receive buffer of each socket. The third is how far the kernel lets it grow by itself.")
        {
            Unit = "octets",
            DefaultHere = SysctlDefaults.ReceiveBuffer,
            TakesEffect = "the most: at once; the start: for sockets made from now on",
            Raising = "The third, to twice what the path holds (bandwidth times round-trip time), for fast far transfers.",
            Lowering = "The third, on hosts with 100,000 connections, to save memory.",
            Risk = "medium: times the number of connections it is memory",
            Myths = ["The first and second do not make a connection faster; large ones waste memory.", "net.core.rmem_max does not cap it: that is for SO_RCVBUF, which also ends the growing."],
            Conditions = ["throughput-limiter", "tcp-memory-pressure", "rcvbuf-pruning"],
            Rule = SysctlRules.Buffer("net.ipv4.tcp_rmem"),
        },
        new("net.ipv4.tcp_wmem", "4096 16384 4194304, the last a 128th of memory if that is less", "three sizes: least, at the start, most", "2.4", "Send buffer of each socket. The third is how far the kernel lets it grow by itself.")
        {
            Unit = "octets",
            DefaultHere = SysctlDefaults.SendBuffer,
            TakesEffect = "the most: at once; the start: for sockets made from now on",
            Raising = "The third, for fast far transfers.",
            Lowering = "The third, on hosts with many slow clients.",
            Risk = "medium: times the number of connections it is memory",
            Conditions = ["throughput-limiter", "tcp-memory-pressure", "stuck-writer"],
            Rule = SysctlRules.Buffer("net.ipv4.tcp_wmem"),
        },
        new("net.ipv4.tcp_mem", "about 4.7, 6.2 and 9.3 % of memory", "three numbers: low, pressure, limit", "2.4", "Memory of all TCP sockets of the host together. Above the second buffers shrink, above the third memory is refused and orphans are reset.")
        {
            Unit = "pages of memory, mostly 4096 octets",
            DefaultHere = SysctlDefaults.Unknown,
            Raising = "Only with memory to spare.",
            Lowering = "All connections of the host slow down and drop.",
            Risk = "high: the whole host",
            Myths = ["Recipes that write octets here take the limit away."],
            Conditions = ["tcp-memory-pressure", "orphan-limit"],
            Rule = SysctlRules.Memory,
        },
        new("net.core.rmem_max", "4194304; 212992 in older kernels", "", "2.2", "The most that a program can get with SO_RCVBUF. It does not limit what the kernel gives by itself (tcp_rmem).")
        {
            Unit = "octets",
            DefaultHere = SysctlDefaults.BufferCap,
            TakesEffect = "for calls of setsockopt() from now on",
            Conditions = ["throughput-limiter"],
        },
        new("net.core.wmem_max", "4194304; 212992 in older kernels", "", "2.2", "The most that a program can get with SO_SNDBUF. It does not limit what the kernel gives by itself (tcp_wmem).")
        {
            Unit = "octets",
            DefaultHere = SysctlDefaults.BufferCap,
            TakesEffect = "for calls of setsockopt() from now on",
            Conditions = ["throughput-limiter"],
        },
        new("net.ipv4.tcp_moderate_rcvbuf", "1", "0 or 1", "2.6.7", "1: receive buffers grow with the connection.")
        {
            Lowering = "0: every connection stays at the second size of tcp_rmem.",
            Risk = "medium when 0",
            Conditions = ["throughput-limiter", "unsafe-sysctl"],
            Rule = SysctlRules.When("net.ipv4.tcp_moderate_rcvbuf", 0, Notice, "Receive buffers no longer grow: every connection is held to the size at the start."),
        },
        new("net.ipv4.tcp_window_scaling", "1", "0 or 1", "2.2", "Windows above 64 KiB (RFC 7323).")
        {
            TakesEffect = Effect.NewConnections,
            Lowering = "0: 64 KiB for each round trip: 5 Mbit/s at 100 ms.",
            Risk = "high when 0",
            Myths = ["Firewalls that could not bear it are from before 2010."],
            Conditions = ["throughput-limiter", "unsafe-sysctl"],
            Rule = SysctlRules.When("net.ipv4.tcp_window_scaling", 0, Warning, "No connection can have more than 64 KiB under way: 5 Mbit/s at 100 ms."),
        },
        new("net.ipv4.tcp_adv_win_scale", "1", "-31 to 31", "2.4", "How much of a buffer was taken to be overhead.")
        {
            NoEffectSince = "6.6",
            Conditions = ["throughput-limiter"],
            Rule = SysctlRules.AdvWinScale,
        },
        new("net.ipv4.tcp_app_win", "31", "0 to 31", "2.4", "A part of the receive window kept free for the program, as a power of two; 31 keeps next to nothing."),
        new("net.ipv4.tcp_shrink_window", "0", "0 or 1", "6.5", "1: an announced window may be taken back when memory is short.")
        {
            Raising = "Bounds the memory of far connections; RFC 9293 discourages it, senders must bear it.",
            Risk = "medium",
            Conditions = ["tcp-memory-pressure", "rcvbuf-pruning"],
        },
        new("net.ipv4.tcp_notsent_lowat", "4294967295", "0 to 4294967295", "3.12", "A program is told to write again only when less than this is unsent; TCP_NOTSENT_LOWAT sets it for one socket.")
        {
            Unit = "octets",
            Lowering = "131072 keeps fresh data at the front for interactive streams and saves memory, for more calls.",
            Conditions = ["stuck-writer", "bufferbloat", "tcp-memory-pressure"],
        },
        new("net.ipv4.tcp_rcvbuf_low_rtt", "1000", "", "after 6.18", "Below this round-trip time receive buffers grow more slowly.") { Unit = "us", OnlyWhere = "Linux is newer than 6.18" },
        new("net.ipv4.tcp_limit_output_bytes", "4194304; 1048576 in older kernels", "", "3.6", "How much of one connection may sit in the queues of this host's devices (TCP small queues).")
        {
            Unit = "octets",
            DefaultHere = SysctlDefaults.SmallQueue,
            Raising = "For some wireless devices; costs latency.",
            Conditions = ["bufferbloat"],
        },
    ];
}
