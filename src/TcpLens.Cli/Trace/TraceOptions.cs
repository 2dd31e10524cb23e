using System.CommandLine;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>How a trace is shown.</summary>
internal enum TraceView
{
    Changes,
    Lives,
    Events,
    Matrix,
}

/// <summary>What trace is asked for, beside the filter: which records, from where, for how long, and how they are shown.</summary>
internal sealed class TraceOptions
{
    private const string All = "all";

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    private readonly Option<bool> _lives = new("--lives") { Description = "a line when a connection ends: how long, how much, how closed" };
    private readonly Option<string?> _events = new("--events") { Description = "all, or some of " + string.Join(", ", TopicNames.All), HelpName = "A,B,…" };
    private readonly Option<bool> _matrix = new("--matrix") { Description = "how often each change came, and how long each state lasted" };
    private readonly Option<string?> _interval = new("--interval") { Description = "with --matrix: what came in each such time", HelpName = "TIME" };
    private readonly Option<string[]> _from = new("--from") { Description = "only changes out of these states; or the same as --read", HelpName = "STATE,…|FILE" };
    private readonly Option<string[]> _to = new("--to") { Description = "only changes into these states", HelpName = "STATE,…" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "keep the trace in a file; - is standard output", HelpName = "FILE" };
    private readonly Option<string?> _read = new("--read", "-r") { Description = "show what a file has; - is standard input", HelpName = "FILE" };
    private readonly Option<string?> _duration = new("--duration") { Description = "end after this time", HelpName = "TIME" };
    private readonly Option<long?> _count = new("--count") { Description = "end after N lines; with --matrix after N intervals", HelpName = "N" };
    private readonly Option<bool> _wide = new("--wide", "-W") { Description = "also the socket's namespace, user and cookie" };
    private readonly Option<bool> _epoch = new("--epoch") { Description = "seconds since 1970 instead of the time of day" };
    private readonly Option<bool> _noHeader = new("--no-header", "-H") { Description = "lines only" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_lives, _events, _matrix, _interval, _from, _to, _output, _read, _duration, _count, _wide, _epoch, _noHeader])
        {
            command.Add(option);
        }

        Completions.Offer(_events, static () => [.. TopicNames.All, All]);
        Completions.Offer(_from, TraceStates.Names);
        Completions.Offer(_to, TraceStates.Names);
    }

    /// <summary>What was asked for, as a <see cref="TraceChoice"/>.</summary>
    /// <exception cref="UsageException">It does not go together, or makes no sense.</exception>
    public TraceChoice Of(ParseResult result, Session session)
    {
        string[] from = result.GetValue(_from) ?? [];
        string? file = result.GetValue(_read) ?? Array.Find(from, TraceStates.IsFile);
        var choice = new TraceChoice
        {
            View = ViewOf(result),
            EventTopics = result.GetValue(_events) is { } names ? TopicsNamed(names) : TraceTopics.None,
            File = file,
            Output = result.GetValue(_output),
            From = TraceStates.Of("--from", Array.FindAll(from, value => !TraceStates.IsFile(value))),
            To = TraceStates.Of("--to", result.GetValue(_to) ?? []),
            Filter = TraceFilter.Of(result, session),
            Interval = TimeOf(result, _interval),
            Duration = TimeOf(result, _duration),
            Count = result.GetValue(_count) is { } count ? count > 0 ? count : throw new UsageException($"--count {count}: say 1 or more") : null,
            IsWide = result.GetValue(_wide),
            Time = result.GetValue(_epoch) ? TimeForm.Epoch : TimeForm.OfDay,
            HasHeader = !result.GetValue(_noHeader),
        };
        Check(choice, session);
        return choice;
    }

    private TraceView? ViewOf(ParseResult result)
    {
        bool lives = result.GetValue(_lives), events = result.GetValue(_events) is not null, matrix = result.GetValue(_matrix);
        return (lives, events, matrix) switch
        {
            (false, false, false) => null,
            (true, false, false) => TraceView.Lives,
            (false, true, false) => TraceView.Events,
            (false, false, true) => TraceView.Matrix,
            _ => throw new UsageException("--lives, --events and --matrix are three ways to look: choose one; --events change,life,all shows everything in its order"),
        };
    }

    private static void Check(TraceChoice choice, Session session)
    {
        if (choice.Output is not null && (session.Json || choice.View == TraceView.Matrix))
        {
            throw new UsageException($"-o keeps the records as they are: {(session.Json ? "--json" : "--matrix")} goes with reading them\ntry: tcplens trace --read {choice.Output} {(session.Json ? "--json" : "--matrix")}");
        }

        if (choice.Interval is { } interval && (choice.View != TraceView.Matrix || interval < ShortestInterval))
        {
            throw new UsageException("--interval goes with --matrix, and is 10ms at least");
        }

        if (choice is { View: TraceView.Matrix, Count: not null, Interval: null })
        {
            throw new UsageException("--count counts intervals here: say --interval too");
        }

        if (choice is { File: not null, Duration: not null })
        {
            throw new UsageException($"--duration: {choice.File} has its own time; --count ends it after so many lines");
        }
    }

    private static TraceTopics TopicsNamed(string names)
    {
        TraceTopics topics = TraceTopics.None;
        foreach (string name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            topics |= name.Equals(All, StringComparison.OrdinalIgnoreCase) ? TraceTopics.AllEvents
                : TopicNames.Find(name) ?? throw new UsageException($"--events {name}: there is no such event{Suggestion.For(name, [.. TopicNames.All, All])}; there are {All}, {string.Join(", ", TopicNames.All)}");
        }

        return topics != TraceTopics.None ? topics : throw new UsageException($"--events {names}: name at least one of {All}, {string.Join(", ", TopicNames.All)}");
    }

    private static TimeSpan? TimeOf(ParseResult result, Option<string?> option)
        => result.GetValue(option) is not { } text ? null
            : Duration.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time
            : throw new UsageException($"{option.Name} {text}: say a time with its unit, such as 500ms, 5s or 2m");
}
