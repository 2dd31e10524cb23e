using System.CommandLine;
using TcpLens.Linux;

namespace TcpLens.Cli.Tune;

/// <summary>How a change is made; the options that <c>tune set</c> and <c>tune apply</c> share.</summary>
internal sealed record TuneOptions
{
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "do not ask" };
    private static readonly Option<bool> DryRun = new("--dry-run", "-n") { Description = "show the plan, and change nothing" };
    private static readonly Option<bool> NoPersist = new("--no-persist") { Description = "until the machine is restarted: write no file" };
    private static readonly Option<string?> Revert = new("--revert-after") { Description = "put it back after this time unless you type: tcplens tune confirm", HelpName = "TIME" };

    /// <summary>For tests, and for machines whose disk is mounted elsewhere.</summary>
    private static readonly Option<string?> Root = new("--root") { Description = "journal and files are below this folder", HelpName = "DIR", Hidden = true };

    public bool MayAsk { get; init; }

    public bool OnlyPlan { get; init; }

    public bool WantsToPersist { get; init; }

    public TimeSpan? RevertAfter { get; init; }

    public static void AddTo(Command command)
    {
        command.Add(DryRun);
        command.Add(NoPersist);
        command.Add(Revert);
        AddYesTo(command);
    }

    public static void AddYesTo(Command command)
    {
        command.Add(Yes);
        AddRootTo(command);
    }

    public static void AddRootTo(Command command) => command.Add(Root);

    public static bool SaidYes(ParseResult result) => result.GetValue(Yes);

    public static TunePaths PathsOf(ParseResult result) => new(result.GetValue(Root)?.TrimEnd('/') ?? "");

    public static TuneOptions Of(ParseResult result)
    {
        TimeSpan? time = null;
        if (result.GetValue(Revert) is { } text)
        {
            time = Duration.TryParse(text, out TimeSpan parsed) && parsed >= TimeSpan.FromSeconds(1) && parsed <= TimeSpan.FromDays(7)
                ? parsed
                : throw new UsageException($"--revert-after {text}: say a time from 1s to 7d, such as 10m");
        }

        return new TuneOptions
        {
            MayAsk = !result.GetValue(Yes),
            OnlyPlan = result.GetValue(DryRun),
            WantsToPersist = !result.GetValue(NoPersist),
            RevertAfter = time,
        };
    }
}
