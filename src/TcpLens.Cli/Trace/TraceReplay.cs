using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>What is different about a trace that comes from a file.</summary>
internal static class TraceReplay
{
    /// <summary>The topics to show, of those the file has.</summary>
    /// <exception cref="UsageException">It has none of what was asked for.</exception>
    public static TraceTopics TopicsOf(TraceChoice choice, TraceFileReader file, Session session)
    {
        TraceTopics available = file.Head.Topics;
        TraceTopics asked = choice.TopicsOf(available);

        // The end of a SYN_SENT is a change of state.
        TraceTopics missing = asked & ~(available.HasFlag(TraceTopics.StateChanges) ? available | TraceTopics.Connects : available);
        if (missing == TraceTopics.None)
        {
            return asked;
        }

        string lacks = $"{file.Name} has no {Words(missing)}: when it was recorded, {Words(available)} {(TopicNames.Of(available).Skip(1).Any() ? "were" : "was")} asked for";
        if (missing == asked)
        {
            throw new UsageException($"{lacks}\ntry: tcplens trace --events {string.Join(',', TopicNames.Of(available | missing))} -o FILE, which records both");
        }

        session.Error.Warning(lacks);
        return asked & ~missing;
    }

    /// <summary>Inodes of the namespaces that --netns means, by the names that they had; none for all.</summary>
    /// <exception cref="UsageException">The file knows none of that name.</exception>
    public static IReadOnlyList<uint> NamespacesOf(Session session, TraceHead head)
    {
        if (session.Netns is not { } wanted || wanted.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        bool isNumber = uint.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out uint inode);
        uint[] found = [.. head.Namespaces.Where(place => place.DisplayName == wanted || (isNumber && place.Inode == inode)).Select(static place => place.Inode)];
        return found.Length > 0 ? found : throw new UsageException(
            $"--netns {wanted}: when this was recorded there was no such network namespace{Suggestion.For(wanted, [.. head.Namespaces.Select(static place => place.DisplayName)])}");
    }

    /// <summary>A trace that was cut off shows what there is, and says so.</summary>
    public static void TellEnd(TraceFileReader file, Session session)
    {
        if (file.End == TraceFileEnd.Cut)
        {
            session.Error.Warning($"{file.Name} just stops: its tracer was killed, found no more room, or is still at work");
        }
        else if (file.End == TraceFileEnd.Damaged)
        {
            session.Error.Warning($"{file.Name} is damaged: what follows here could not be read");
        }

        if (file.Skipped > 0)
        {
            session.Error.Warning($"{file.Name}: {(file.Skipped == 1 ? "1 record was" : $"{file.Skipped:N0} records were")} skipped, which this version does not know or nobody could have written");
        }
    }

    private static string Words(TraceTopics topics) => string.Join(", ", TopicNames.Of(topics));
}
