using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>All sockets of a request at one moment, by cookie: what two moments are compared by.</summary>
internal sealed class SocketPicture
{
    private SocketPicture(DateTimeOffset takenAt) => TakenAt = takenAt;

    public DateTimeOffset TakenAt { get; }

    public Dictionary<ulong, SocketEntry> Sockets { get; } = [];

    /// <summary>Takes a picture, and lets the machine remember who holds what, for when nobody does any more.</summary>
    public static SocketPicture Take(LiveMachine machine, SocketRequest request, DateTimeOffset now)
    {
        var picture = new SocketPicture(now);
        if (request.NeedsOwners)
        {
            machine.FindAllOwners();
        }

        using SocketWalk walk = machine.Walk(request.Query);
        while (walk.Read(out SocketEntry entry))
        {
            picture.Sockets[entry.Cookie] = entry;
            machine.FirstSeen?.Note(entry.Cookie);
            _ = machine.HoldersOf(in entry);
        }

        return picture;
    }

    public static SocketPicture Of(DateTimeOffset takenAt, IEnumerable<SocketEntry> sockets)
    {
        var picture = new SocketPicture(takenAt);
        foreach (SocketEntry entry in sockets)
        {
            picture.Sockets[entry.Cookie] = entry;
        }

        return picture;
    }
}

internal enum ChangeKind : byte
{
    New,
    Changed,
    Gone,
}

/// <summary>One socket that two pictures show differently. A gone one is shown as it was last seen.</summary>
internal readonly record struct SocketChange(ChangeKind Kind, SocketEntry Before, SocketEntry After)
{
    public SocketEntry Shown => Kind == ChangeKind.Gone ? Before : After;

    /// <summary>
    /// What differs between two pictures: sockets that came, that changed their state or a queue, and that went, in that order.
    /// </summary>
    public static IEnumerable<SocketChange> Between(SocketPicture before, SocketPicture after)
    {
        foreach ((ulong cookie, SocketEntry now) in after.Sockets)
        {
            if (!before.Sockets.TryGetValue(cookie, out SocketEntry then))
            {
                yield return new SocketChange(ChangeKind.New, then, now);
            }
        }

        foreach ((ulong cookie, SocketEntry now) in after.Sockets)
        {
            if (before.Sockets.TryGetValue(cookie, out SocketEntry then)
                && (then.State, then.ReceiveQueue, then.SendQueue) != (now.State, now.ReceiveQueue, now.SendQueue))
            {
                yield return new SocketChange(ChangeKind.Changed, then, now);
            }
        }

        foreach ((ulong cookie, SocketEntry then) in before.Sockets)
        {
            if (!after.Sockets.ContainsKey(cookie))
            {
                yield return new SocketChange(ChangeKind.Gone, then, default);
            }
        }
    }
}
