using static TcpLens.Diagnosis.SocketCall;

namespace TcpLens.Diagnosis;

/// <summary>Not yet: answers that are no failure.</summary>
internal static class WaitErrnos
{
    public static readonly KeyValuePair<string, TcpErrno>[] Rows =
    [
        new("EAGAIN", new(
            "Not now. On a non-blocking socket that is the normal answer, not an error.",
            (Connect, "Not TCP: UNIX sockets whose listener's queue is full. TCP without a free port gives EADDRNOTAVAIL."),
            (Accept, "No connection waits; or SO_RCVTIMEO passed."),
            (Send, "Not one octet fitted into the send buffer (part of them fitted: a short count); or SO_SNDTIMEO passed."),
            (Receive, "Nothing has come yet; or SO_RCVTIMEO passed."))
        {
            Causes = ["a non-blocking socket that was tried before poll() said it is ready", "a timeout of the socket, which looks the same", "several threads or processes that share a listener: another one was faster"],
            Advice = ["Wait with epoll, then try again; a loop without waiting burns a processor."],
            NextSteps = [new("tcplens list 'sendq > 0' --process", "send buffers that do not empty: the peer or the path is slow")],
            Conditions = ["stuck-writer", "stalled-reader"],
        }),
        new("EINPROGRESS", new(
            "The connect has begun and goes on in the background.",
            (Connect, "On a non-blocking socket, towards this host too; on a blocking one when SO_SNDTIMEO passed."),
            (Poll, "Writable means decided: SO_ERROR 0 is connected, anything else is why not."))
        {
            Causes = ["a non-blocking socket"],
            Advice = ["Wait until it is writable, then ask SO_ERROR. It says nothing about how slow the target is."],
            NextSteps = [new("tcplens list state syn-sent --process", "connects that have begun and are not answered")],
            Conditions = ["syn-sent-pileup"],
        }),
        new("EALREADY", new(
            "A connect is under way already.",
            (Connect, "A second connect() on the same socket before the first is decided.")) { Advice = ["Wait for writable, then SO_ERROR."] }),
        new("EISCONN", new(
            "Connected already.",
            (Connect, "A second connect() after the first succeeded; also connect() on a listening socket, which on Linux cannot become a client."))
        {
            Advice = ["After a connect that was interrupted (EINTR) or non-blocking this is good news."],
        }),
        new("EINTR", new(
            "A signal handler ran before anything had happened.",
            (Connect, "The handshake goes on: do not call connect() again, wait for writable and ask SO_ERROR."),
            (Accept, "Call it again."),
            (Send, "Nothing was sent; if something was, the call returns a short count."),
            (Receive, "Call it again."),
            (Poll, "Call it again, with what is left of the time."))
        {
            Causes = ["SIGCHLD, SIGALRM, a profiler's SIGPROF", "handlers without SA_RESTART; calls with SO_RCVTIMEO are never restarted"],
            Advice = ["A timeout does not give this: that is EAGAIN, or EINPROGRESS on connect()."],
        }),
        new("ECANCELED", new(
            "The request was called off.",
            (Any, "io_uring and POSIX aio: the operation was cancelled, or one linked before it failed."))),
    ];
}
