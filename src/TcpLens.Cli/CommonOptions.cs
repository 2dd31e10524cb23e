using System.CommandLine;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>The options that every command about sockets has.</summary>
internal sealed class CommonOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "one JSON document; with --interval one a line" };

    public Option<string?> Netns { get; } = new("--netns") { Description = "look into a network namespace: NAME, PID, inode, host, or all", HelpName = "NAME|PID|all" };

    public Option<bool> ExplainSource { get; } = new("--explain-source") { Description = "say which way the answer was come by" };

    public Option<bool> NoBpf { get; } = new("--no-bpf") { Description = "do not use BPF" };

    private Option<string?> Color { get; } = new("--color") { Description = "colour always, auto or never", HelpName = "WHEN" };

    private Option<bool> NoColor { get; } = new("--no-color") { Description = "the same as --color never" };

    public void AddTo(Command command)
    {
        command.Add(Json);
        command.Add(Netns);
        command.Add(ExplainSource);
        command.Add(NoBpf);
        command.Add(Color);
        command.Add(NoColor);
    }

    public ColorChoice ColorOf(ParseResult result)
    {
        if (result.GetValue(NoColor))
        {
            return ColorChoice.Never;
        }

        return result.GetValue(Color)?.ToLowerInvariant() switch
        {
            null or "auto" => ColorChoice.Auto,
            "always" => ColorChoice.Always,
            "never" => ColorChoice.Never,
            var other => throw new UsageException($"--color {other}: say always, auto or never"),
        };
    }
}
