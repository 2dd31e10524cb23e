using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>poll and epoll.</summary>
internal sealed class PollCalls(ScriptSockets sockets)
{
    private const long EdgeTriggered = 1L << 31;
    private const long OneShot = 1 << 30;

    private readonly ScriptSockets _sockets = sockets;

    public CallOutcome? Poll(CallArguments call, PendingCall pending, Instant now)
    {
        if (call[0] is not ScriptValue.List list)
        {
            throw new UnsupportedFeatureException("poll() of this kind");
        }

        int ready = 0;
        string? mismatch = null;
        foreach (ScriptValue item in list.Items)
        {
            ScriptValue.Record asked = item as ScriptValue.Record ?? throw new UnsupportedFeatureException("poll() of this kind");
            long events = Field(asked, "events");
            long found = _sockets.Find((int)Field(asked, "fd")) is { } socket
                ? SocketReadiness.Of(socket, _sockets) & (events | SocketReadiness.Error | SocketReadiness.HangUp)
                : 32;
            ready += found != 0 ? 1 : 0;
            mismatch ??= Field(asked, "revents") != found ? $"revents 0x{found:x}" : null;
        }

        return ready > 0 || IsOver(pending, call.Integer(2), now) ? new(ready, Mismatch: mismatch) : null;
    }

    public CallOutcome Create(CallArguments call) => new(_sockets.Add(new EpollSet(), call.Expected));

    public CallOutcome Control(CallArguments call)
    {
        if (_sockets.FindEpoll(call.Descriptor) is not { } epoll || _sockets.Find((int)call.Integer(2)) is not { } socket)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        int descriptor = (int)call.Integer(2);
        if (call.Integer(1) == 2)
        {
            epoll.Entries.Remove(descriptor);
            return new(0);
        }

        long events = call[3] is ScriptValue.Record asked ? Field(asked, "events") : throw new UnsupportedFeatureException("epoll_ctl() of this kind");
        epoll.Entries[descriptor] = new(socket, events);
        return new(0);
    }

    public CallOutcome? Wait(CallArguments call, PendingCall pending, Instant now)
    {
        if (_sockets.FindEpoll(call.Descriptor) is not { } epoll)
        {
            return CallOutcome.Failure(SocketErrors.BadDescriptor);
        }

        var found = new List<(int Descriptor, long Events)>();
        foreach ((int descriptor, EpollEntry entry) in epoll.Entries)
        {
            long events = SocketReadiness.Of(entry.Socket, _sockets) & (entry.Events | SocketReadiness.Error | SocketReadiness.HangUp);
            if (events != 0 && entry.TryTell((entry.Events & EdgeTriggered) != 0, (entry.Events & OneShot) != 0))
            {
                found.Add((descriptor, events));
            }
        }

        return found.Count > 0 || IsOver(pending, call.Integer(3), now) ? new(found.Count, Mismatch: Mismatch(call, found)) : null;
    }

    private static string? Mismatch(CallArguments call, List<(int Descriptor, long Events)> found)
    {
        if (found.Count == 0 || call[1] is not ScriptValue.Record expected)
        {
            return null;
        }

        (int descriptor, long events) = found[0];
        return Field(expected, "events") != events ? $"events 0x{events:x}"
            : expected["fd"] is { } fd && CallArguments.Number(fd) != descriptor ? $"fd {descriptor}"
            : null;
    }

    /// <summary>True when a call that found nothing returns.</summary>
    private static bool IsOver(PendingCall pending, long milliseconds, Instant now)
    {
        pending.Deadline = milliseconds < 0 ? Instant.Never : pending.BeganAt + TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
        return now >= pending.Deadline;
    }

    private static long Field(ScriptValue.Record structure, string name)
        => structure[name] is { } value ? CallArguments.Number(value) : throw new UnsupportedFeatureException($"poll without {name}");
}
