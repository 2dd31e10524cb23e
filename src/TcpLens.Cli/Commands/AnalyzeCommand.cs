using System.CommandLine;
using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>tcplens analyze: what happened on the connections of a capture, and in which state each end was.</summary>
internal static class AnalyzeCommand
{
    public const string Name = "analyze";
    public const string Description = "Captures: what happened on their connections, and in which states";

    private static readonly AnalyzeOptions Options = new();
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        Options.AddTo(command);
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(session, Options.Of(result, session))));
        ExampleHelp.Give(
            command,
            "tcplens analyze day.pcap                              all at a glance",
            "tcplens analyze day.pcap 'tcp port 443'               only these packets",
            "tcplens analyze day.pcap -c 'outcome refused'         these connections",
            "tcplens analyze day.pcap -c --sort retrans --top 10   the worst",
            "tcplens analyze day.pcap --connection 17              one: its ladder",
            "tcplens analyze day.pcap --follow 17                  what was said",
            "tcplens analyze day.pcap --report day.html            a page with pictures",
            "tcplens analyze now.pcap --follow                     while it grows");
        return command;
    }

    private static int Run(Session session, AnalyzeChoice choice)
    {
        using var interruption = new Interruption();
        using CaptureInput input = CaptureInput.Open(choice);
        IAnalyzeView view = ViewOf(session, choice, interruption);
        using IDisposable? disposable = view as IDisposable;
        var analyzer = new ConnectionAnalyzer(choice.Analysis, view.Sink);
        var run = new AnalyzeRun(session, input, analyzer);
        if (choice.Grows)
        {
            var screen = new GrowingScreen(session);
            run.Follow(interruption, () => screen.Show(() => ((IGrowingView)view).Show(Account(), analyzer.Survey)));
        }
        else
        {
            run.Run(interruption, () => view.IsDone);
        }

        CaptureAccount account = Account();
        account.ThrowIfNoCapture();
        view.Complete(account);
        session.Output.Flush();
        return interruption.ExitCode ?? 0;

        CaptureAccount Account() => CaptureAccount.Of(input, choice, analyzer, interruption.Token.IsCancellationRequested && !choice.Grows);
    }

    private static IAnalyzeView ViewOf(Session session, AnalyzeChoice choice, Interruption interruption)
    {
        IAnalyzeView view = AnalyzeViews.For(session, choice);
        long? number = choice.View == AnalyzeView.Connection ? choice.Number : null;
        return choice.Report is not { } path ? view
            : new ReportView(session, view, new ReportMaterial(number, canReadAgain: CanReadAgain(choice)), path, ReadAgain);

        void ReadAgain(IConnectionSink sink)
        {
            using CaptureInput again = CaptureInput.Open(choice);
            new AnalyzeRun(session, again, new ConnectionAnalyzer(choice.Analysis, sink)).Run(interruption);
        }
    }

    private static bool CanReadAgain(AnalyzeChoice choice)
        => choice.Files.All(static file => file != AnalyzeWords.StandardInput && !FileKind.IsSpecial(file));
}
