using System.CommandLine;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>The options that every command about sockets has.</summary>
internal sealed class CommonOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "JSON, with units in the keys (docs/json.md)" };

    public Option<string?> Netns { get; } = new("--netns") { Description = "look into another network namespace", HelpName = "NAME|PID|all" };

    public Option<bool> ExplainSource { get; } = new("--explain-source") { Description = "say where the answer came from" };

    public Option<bool> NoBpf { get; } = new("--no-bpf") { Description = "do without BPF, as where it is not allowed" };

    private Option<string?> Color { get; } = new("--color") { Description = "colour: always, auto or never", HelpName = "WHEN" };

    private Option<bool> NoColor { get; } = new("--no-color") { Description = "the same as --color never" };

    public void AddTo(Command command)
    {
        AddSourcesTo(command);
        AddLooksTo(command);
    }

    /// <summary>For commands whose answer has one form only: where to look, and how.</summary>
    public void AddSourcesTo(Command command)
    {
        AddNamespaceTo(command);
        command.Add(ExplainSource);
        command.Add(NoBpf);
    }

    /// <summary>For commands that look at a namespace but at none of its sockets.</summary>
    public void AddPlaceTo(Command command)
    {
        AddNamespaceTo(command);
        AddLooksTo(command);
    }

    private void AddNamespaceTo(Command command)
    {
        command.Add(Netns);
        Completions.Offer(Netns, Completions.Namespaces);
    }

    /// <summary>For commands that look at no socket: only how the answer is written.</summary>
    public void AddLooksTo(Command command)
    {
        command.Add(Json);
        command.Add(Color);
        Completions.Offer(Color, static () => ["always", "auto", "never"]);
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
