using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Socket calls on our stack, by their names. A call that has to wait returns null and is tried again when something has happened.</summary>
internal sealed class SocketCalls(ScriptSockets sockets)
{
    private readonly OpeningCalls _opening = new(sockets);
    private readonly DataCalls _data = new(sockets);
    private readonly OptionCalls _options = new(sockets);
    private readonly PollCalls _polls = new(sockets);

    /// <exception cref="UnsupportedFeatureException">A call, or an argument, that is not known here.</exception>
    public CallOutcome? Try(PendingCall call, Instant now)
    {
        var arguments = new CallArguments(call.Statement);
        return call.Statement.Function switch
        {
            "socket" => _opening.Socket(arguments),
            "bind" => _opening.Bind(arguments),
            "listen" => _opening.Listen(arguments),
            "accept" or "accept4" => _opening.Accept(arguments),
            "connect" => _opening.Connect(arguments, call, now),
            "shutdown" => _opening.Shutdown(arguments, now),
            "close" => _opening.Close(arguments, now),
            "fcntl" => _opening.Control(arguments),
            "read" or "recv" or "recvfrom" or "readv" or "recvmsg" => _data.Receive(arguments, call, now),
            "write" or "send" or "sendto" or "writev" or "sendmsg" => _data.Send(arguments, call, now),
            "open" => _opening.OpenFile(arguments),
            "sendfile" => _data.SendFile(arguments, call, now),
            "setsockopt" => SetOption(arguments, now),
            "getsockopt" => _options.Get(arguments),
            "ioctl" => _options.Control(arguments),
            "poll" => _polls.Poll(arguments, call, now),
            "epoll_create" or "epoll_create1" => _polls.Create(arguments),
            "epoll_ctl" => _polls.Control(arguments),
            "epoll_wait" => _polls.Wait(arguments, call, now),
            var other => throw new UnsupportedFeatureException($"{other}()"),
        };
    }

    private CallOutcome SetOption(CallArguments arguments, Instant now)
    {
        CallOutcome outcome = _options.Set(arguments);
        if (sockets.Find(arguments.Descriptor) is { Listener: not null } listening)
        {
            _opening.ListenAgain(listening, now);
        }

        return outcome;
    }
}
