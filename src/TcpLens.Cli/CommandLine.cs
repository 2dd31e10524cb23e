using System.CommandLine;
using System.CommandLine.Parsing;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The commands, and what becomes of what goes wrong: exit 0 done, 1 could not, 2 wrong usage, 128 + n by signal n.</summary>
internal static class CommandLine
{
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static int Run(string[] args)
    {
        RootCommand root = Build();
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return Guard(() => result.Errors.Count > 0 || StrayOption(result) is not null
            ? throw new UsageException(Mistake(result))
            : result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }

    public static RootCommand Build()
    {
        RootCommand root = GlanceCommand.Create();
        root.Add(CountCommand.Create());
        root.Add(ListCommand.Create());
        root.Add(DiffCommand.Create());
        root.Add(ExplainCommand.Create());
        root.Add(StatesCommand.Create());
        root.Add(NamespacesCommand.Create());
        ExampleHelp.Attach(root);
        return root;
    }

    /// <summary>Turns whatever a command throws into one line and an exit code; never a stack trace.</summary>
    private static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (OutputClosedException)
        {
            return 0;
        }
        catch (UsageException mistake)
        {
            Complain(mistake.Message);
            return WrongUsage;
        }
        catch (Exception failure) when (failure is SystemCallException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            Complain(failure.Message);
            return Failed;
        }
    }

    private static void Complain(string message)
        => new StandardError(OutputDescriptor.StandardError, TerminalStyle.Of(OutputDescriptor.StandardError, ColorChoice.Auto)).Error(message);

    private static string Mistake(ParseResult result)
    {
        string command = result.CommandResult.Command is RootCommand ? "tcplens" : $"tcplens {result.CommandResult.Command.Name}";
        string? stray = StrayOption(result);
        string mistake = stray is not null ? $"{stray}: there is no such option" : result.Errors[0].Message.TrimEnd('.');
        string? word = stray ?? (result.UnmatchedTokens is [var first, ..] ? first : null);
        string suggestion = word is not null && Nearest(word, result) is { } near ? $"; did you mean {near}?" : "";
        return $"{mistake}{suggestion}\ntry: {command} --help";
    }

    /// <summary>A word with dashes that no option has taken: it would be taken for a part of the filter, where none begins so.</summary>
    private static string? StrayOption(ParseResult result)
    {
        foreach (SymbolResult child in result.CommandResult.Children)
        {
            foreach (Token token in child is ArgumentResult argument ? argument.Tokens : [])
            {
                if (token.Value.StartsWith('-'))
                {
                    return token.Value;
                }
            }
        }

        return null;
    }

    /// <summary>The command or option whose name is nearest.</summary>
    private static string? Nearest(string word, ParseResult result)
    {
        List<string> names = [];
        foreach (Symbol candidate in (IEnumerable<Symbol>)[.. result.CommandResult.Command.Subcommands, .. result.CommandResult.Command.Options])
        {
            names.Add(candidate.Name);
        }

        return Spelling.Nearest(word, names.ToArray());
    }
}

/// <summary>The user asked for something that cannot be understood: exit code 2, one clear message.</summary>
internal sealed class UsageException : Exception
{
    public UsageException()
    {
    }

    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
