using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>Mistakes of the program that calls.</summary>
internal static class MisuseErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("EBADF", new(
            "The number is no open descriptor.",
            (Any, "The descriptor was closed, often by another thread while this one was in a call."))
        {
            Causes = ["close() twice", "a descriptor kept in two places, closed in one"],
            Advice = ["Worse than the error is its absence: the number is given out again at once, and the next write goes into a stranger's connection."],
        }),
        new("ENOTSOCK", new(
            "The descriptor is open and is no socket.",
            (Any, "A file, a pipe or an epoll descriptor where a socket was meant."))
        {
            Causes = ["a number that was closed and given out again", "socket activation (LISTEN_FDS) misread"],
        }),
        new("EFAULT", new(
            "A pointer leads to memory that is not there.",
            (Any, "A buffer or address structure outside of the program's memory.")) { Causes = ["a wrong declaration of a native call", "a buffer freed too early"] }),
        new("EINVAL", new(
            "An argument makes no sense here and now.",
            (Create, "A flag, length or value out of range for the option."),
            (Bind, "bind() on a socket that is bound already; a wrong length of the address; a link-local IPv6 address without its interface. listen() on a socket that is connected."),
            (Accept, "The socket does not listen, or another thread has just shut it down: the usual way to end an accept loop."),
            (Connect, "A route of type blackhole; a source address of 127.0.0.0/8 to another host; a link-local IPv6 address without its interface."),
            (Receive, "MSG_OOB, and there is no urgent data."))
        {
            Causes = ["listen() forgotten or failed and not checked", "fe80:: addresses without %interface"],
            NextSteps = [new("ip route get ADDRESS", "blackhole routes")],
            Conditions = ["connection-refused"],
        }),
    ];
}
