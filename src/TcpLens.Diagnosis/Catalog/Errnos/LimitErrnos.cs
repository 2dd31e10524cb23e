using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>Limits of the process and of the host.</summary>
internal static class LimitErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("EMFILE", new(
            "This process has as many descriptors open as it may (RLIMIT_NOFILE, soft).",
            (Create, "socket() fails: no outgoing connection either."),
            (Accept, "The connection stays in the queue, poll() goes on saying that there is one, and a loop without a pause burns a processor."))
        {
            Causes = ["a leak: CLOSE-WAIT, or closed sockets whose descriptor is kept", "the default limit of 1024", "real load"],
            Advice =
            [
                "Find the leak before raising the limit.",
                "The limit is LimitNOFILE= of the unit; /etc/security/limits.conf does nothing for services of systemd, and fs.file-max is another limit.",
                "Keep one spare descriptor: close it, accept, close both, open it again. Pause after the error.",
            ],
            NextSteps = [new("tcplens count --by process,state", "what the descriptors are spent on"), new("tcplens list unaccepted --process", "connections that wait because nobody accepts")],
            Conditions = ["fd-exhaustion", "close-wait-leak", "dead-fd-leak", "unaccepted-connections"],
        }),
        new("ENFILE", new(
            "The whole host has as many files open as it may (fs.file-max).",
            (Create, "socket() fails for everybody but root."),
            (Accept, "The same; the connection stays in the queue."))
        {
            Causes = ["a leak somewhere on the host; today's default is out of reach otherwise"],
            Advice = ["Find who holds them, then raise fs.file-max."],
            NextSteps = [new("tcplens explain fs.file-max", "the limit and how much of it is used")],
            Conditions = ["fd-exhaustion"],
        }),
        new("ENOBUFS", new(
            "No memory for it, or a queue of this host is full.",
            (Create, "socket() or connect(): kernel memory is short, or the limit of the cgroup is reached."),
            (Send, "Datagrams: the queue of the interface is full. TCP tries again by itself and says nothing."),
            (Accept, "Memory is short; the connection stays in the queue."))
        {
            Causes = ["tcp_mem is reached", "the memory limit of the container", "netlink replies that were not read in time: ss and its like"],
            NextSteps = [new("tcplens explain tcp_mem", "how much of it is used"), new("tcplens explain sockstat.TCP.mem", "now, in pages")],
            Conditions = ["tcp-memory-pressure", "local-drop"],
        }),
        new("ENOMEM", new(
            "The kernel has no memory for it.",
            (Create, "No memory for a socket or an option of it."),
            (Connect, "No memory for the entry of the local port."),
            (Accept, "Memory is short; the connection stays in the queue."),
            (Send, "No memory for a buffer; usually the call waits instead."))
        {
            Causes = ["memory of the host or of the cgroup is used up", "tcp_mem is reached"],
            NextSteps = [new("tcplens explain tcp_mem", "the limit of all TCP sockets together")],
            Conditions = ["tcp-memory-pressure"],
        }),
        new("ENOSPC", new(
            "No room: of the calls around sockets, epoll's.",
            (Poll, "epoll_ctl(): the user watches more descriptors than /proc/sys/fs/epoll/max_user_watches allows."))
        {
            Advice = ["Not a limit of TCP: close what is not used, or raise that setting."],
            Conditions = ["fd-exhaustion"],
        }),
    ];
}
