using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>tcplens trace: what happens to connections, while it happens; or what a file keeps of it.</summary>
internal static class TraceCommand
{
    public const string Name = "trace";
    public const string Description = "Follow state changes, whole lives and events of connections";

    private static readonly TraceOptions Options = new();
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        TraceFilter.AddTo(command);
        Options.AddTo(command);
        Common.AddTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(session, Options.Of(result, session))));
        ExampleHelp.Give(
            command,
            "tcplens trace                                   every change of state",
            "tcplens trace --from established --process api  what ends api's connections",
            "tcplens trace --lives dport 5432                whole connections",
            "tcplens trace --events retransmit,reset,drop    what goes wrong",
            "tcplens trace --matrix --interval 1s            which changes, how often",
            "tcplens trace -o today.trace                    keep it …",
            "tcplens trace --read today.trace dport 443      … and look at it later");
        return command;
    }

    private static int Run(Session session, TraceChoice choice)
    {
        using var interruption = new Interruption();
        if (choice.File is { } file)
        {
            Replay(session, choice, file, interruption);
        }
        else
        {
            Follow(session, choice, interruption);
        }

        return interruption.ExitCode ?? 0;
    }

    private static void Replay(Session session, TraceChoice choice, string file, Interruption interruption)
    {
        using TraceGround ground = TraceGround.OpenFile(session, file);
        var reader = (TraceFileReader)ground.Source;
        TraceWish wish = choice.WishFor(TraceReplay.TopicsOf(choice, reader, session), TraceReplay.NamespacesOf(session, ground.Head));
        Show(session, choice, ground, wish, interruption);
        TraceReplay.TellEnd(reader, session);
    }

    private static void Follow(Session session, TraceChoice choice, Interruption interruption)
    {
        using LiveMachine machine = session.OpenMachine();
        bool isEverywhere = "all".Equals(session.Netns, StringComparison.OrdinalIgnoreCase);
        uint[] namespaces = isEverywhere ? [] : [.. machine.Places.Select(static place => place.Inode)];   // All: those that will be made, too.
        if (choice.IsWholeMatrix && session.MayUseBpf && TransitionCounter.TryOpen(namespaces, out _) is { } counter)
        {
            using (counter)
            {
                Account(session, counter.BlindSpots, counter.Description);
                new MatrixRun(session, counter, TraceSinks.ReportFor(session)).Run(choice.Interval, choice.Duration, choice.Count, interruption);
            }

            return;
        }

        TraceWish wish = choice.WishFor(choice.TopicsOf(TraceTopics.StateChanges), namespaces);
        using TraceGround ground = TraceGround.OpenLive(session, machine, wish, isKept: choice.Output is not null);
        Show(session, choice, ground, wish, interruption);
        session.Account(machine, Sight.None);
    }

    private static void Show(Session session, TraceChoice choice, TraceGround ground, TraceWish wish, Interruption interruption)
    {
        Account(session, ground.Source.BlindSpots, ground.Source.Description);
        if (choice.Output is null)
        {
            var sieve = new TraceSieve(wish, ground.Owners, TraceSinks.For(session, choice, ground, wish.Topics));
            TraceSummary seen = new TraceRun(session, ground.Source, sieve).Run(choice.Duration, interruption);
            session.Error.Note(seen.ToString());
            return;
        }

        TraceHead head = ground.Head with { Topics = wish.Topics, From = wish.From, To = wish.To, Filter = wish.FilterText };
        using TraceFileWriter file = TraceFileWriter.Create(choice.Output, head);
        file.Write(ground.Known.Octets);
        var recorder = new TraceRecorder(wish, ground.Owners, file, session.Clock);
        TraceSummary kept = new TraceRun(session, ground.Source, recorder).Run(choice.Duration, interruption);
        session.Error.Note($"{kept}; try: tcplens trace --read {choice.Output}");
    }

    private static void Account(Session session, IReadOnlyList<BlindSpot> blindSpots, string source)
    {
        foreach (BlindSpot blind in blindSpots)
        {
            session.Error.Warning(blind.ToString());
        }

        if (session.ExplainSource)
        {
            session.Error.Hint("source: " + source);
        }
    }
}
