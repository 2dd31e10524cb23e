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
        // The manual describes every command, and a first word that is no command may be anything.
        string? only = args is [var first, ..] && first is not (ManCommand.Name or ['-' or '[', ..]) ? first : null;
        RootCommand root = Build(only);
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return Guard(() => result.Errors.Count > 0
            ? throw new UsageException(Mistake(result))
            : UnknownOption(result) is { } option
            ? throw new UsageException(option)
            : result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }

    /// <summary>All commands with all their options; or just one of them in full, as most of the time to start goes into the rest.</summary>
    /// <param name="only">The name of the command that is about to run; null for all.</param>
    public static RootCommand Build(string? only = null)
    {
        RootCommand root = GlanceCommand.Create();
        Add(CountCommand.Name, CountCommand.Description, CountCommand.Create);
        Add(ListCommand.Name, ListCommand.Description, ListCommand.Create);
        Add(CaptureCommand.Name, CaptureCommand.Description, CaptureCommand.Create);
        Add(TraceCommand.Name, TraceCommand.Description, TraceCommand.Create);
        Add(AnalyzeCommand.Name, AnalyzeCommand.Description, AnalyzeCommand.Create);
        Add(DoctorCommand.Name, DoctorCommand.Description, DoctorCommand.Create);
        Add(SnapshotCommand.Name, SnapshotCommand.Description, SnapshotCommand.Create);
        Add(DiffCommand.Name, DiffCommand.Description, DiffCommand.Create);
        Add(TuneCommand.Name, TuneCommand.Description, TuneCommand.Create);
        Add(KeepAliveCommand.Name, KeepAliveCommand.Description, KeepAliveCommand.Create);
        Add(KillCommand.Name, KillCommand.Description, KillCommand.Create);
        Add(ExplainCommand.Name, ExplainCommand.Description, ExplainCommand.Create);
        Add(StatesCommand.Name, StatesCommand.Description, StatesCommand.Create);
        Add(LabCommand.Name, LabCommand.Description, LabCommand.Create);
        Add(NamespacesCommand.Name, NamespacesCommand.Description, NamespacesCommand.Create);
        Add(CompletionCommand.Name, CompletionCommand.Description, CompletionCommand.Create);
        Add(ManCommand.Name, ManCommand.Description, ManCommand.Create);
        ExampleHelp.Attach(root);
        return root;

        void Add(string name, string description, Func<Command> create)
            => root.Add(only is null || only == name ? create() : new Command(name, description));
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
        string command = FullName(result.CommandResult);
        string suggestion = Nearest(result) is { } near ? $"; did you mean {near}?" : "";
        return $"{result.Errors[0].Message.TrimEnd('.')}{suggestion}\ntry: {command} --help";
    }

    /// <summary>An option that no command has would be read as a word of the filter; no filter has a word that begins with a dash.</summary>
    public static string? UnknownOption(ParseResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
            {
                return null;
            }

            if (token is { Type: TokenType.Argument, Value: ['-', '-', not '-', ..] or ['-', >= 'A' and <= 'z'] })
            {
                Command command = result.CommandResult.Command;
                string near = Suggestion.For(token.Value, [.. command.Options.Select(static option => option.Name)]);
                return $"there is no option {token.Value}{near}\ntry: {FullName(result.CommandResult)} --help";
            }
        }

        return null;
    }

    /// <summary>"tcplens tune set": a verb stands behind its command.</summary>
    private static string FullName(CommandResult result)
        => result.Command is RootCommand ? "tcplens" : $"{(result.Parent is CommandResult parent ? FullName(parent) : "tcplens")} {result.Command.Name}";

    /// <summary>The command or option whose name is nearest to the first word that was not understood.</summary>
    private static string? Nearest(ParseResult result)
    {
        if (result.UnmatchedTokens is not [var word, ..])
        {
            return null;
        }

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
