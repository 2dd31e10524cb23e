using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TcpLens.Cli;

/// <summary>Help with examples behind it: what people type stands below what can be typed.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = [];

    public static void Give(Command command, params string[] examples) => Examples[command.Name] = examples;

    public static ReadOnlySpan<string> Of(Command command) => Examples.TryGetValue(command.Name, out string[]? examples) ? examples : [];

    public static void Attach(RootCommand root)
    {
        foreach (Option option in root.Options)
        {
            if (option is VersionOption)
            {
                option.Description = "show the version";
            }

            if (option is HelpOption { Action: HelpAction usual } help)
            {
                // "/?" and "/h" are of another system, and eat words that a filter may have.
                help.Aliases.Remove("/?");
                help.Aliases.Remove("/h");
                help.Description = "show this help";
                help.Action = new ExampleHelp(usual);
            }
        }
    }

    /// <summary>Who asks for help is not told that an argument is missing.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Command.Name, out string[]? examples))
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }
        }

        return code;
    }
}
