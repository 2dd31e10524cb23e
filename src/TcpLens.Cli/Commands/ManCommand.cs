using System.CommandLine;

namespace TcpLens.Cli;

/// <summary>tcplens man: the manual page, written from the same commands and options that are parsed.</summary>
internal static class ManCommand
{
    public const string Name = "man";
    public const string Description = "Print the manual page";

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.SetAction(static result => Write(result.InvocationConfiguration.Output, (RootCommand)result.RootCommandResult.Command));
        ExampleHelp.Give(command, "tcplens man > tcplens.1; man ./tcplens.1");
        return command;
    }

    private static void Write(TextWriter output, RootCommand root)
    {
        output.WriteLine(".Dd $Mdocdate$\n.Dt TCPLENS 1\n.Os\n.Sh NAME\n.Nm tcplens\n.Nd the state of this machine's TCP\n.Sh SYNOPSIS");
        output.WriteLine(".Nm\n.Op Ar command\n.Op Ar filter\n.Op Ar options\n.Sh DESCRIPTION");
        output.WriteLine(Escaped(root.Description!).Replace(". ", ".\n", StringComparison.Ordinal));
        output.WriteLine(".Pp\nA filter says which sockets are meant, in the language of\n.Xr ss 8 ,\nand more.");
        output.WriteLine("Without privilege everything works but the owners of other users' sockets,\nfirewall marks and other namespaces.");
        Options(output, root);
        output.WriteLine(".Sh COMMANDS");
        Commands(output, root, "tcplens");

        output.WriteLine(".Sh EXIT STATUS\n0 when done, 1 when it could not be done, 2 on wrong usage,\n128 plus the signal's number when interrupted.");
        output.WriteLine(".Sh EXAMPLES");
        foreach (Command command in root.Subcommands.SelectMany(static command => command.Subcommands.Prepend(command)).Prepend(root))
        {
            Examples(output, ExampleHelp.Of(command));
        }

        output.WriteLine(".Sh SEE ALSO\n.Xr tcp 7 ,\n.Xr netstat 8 ,\n.Xr ss 8");
    }

    /// <summary>Each command, and behind it its verbs.</summary>
    private static void Commands(TextWriter output, Command parent, string before)
    {
        foreach (Command command in parent.Subcommands)
        {
            output.WriteLine($".Ss {before} {command.Name}");
            output.WriteLine(Escaped(command.Description!) + ".");
            Options(output, command);
            Commands(output, command, $"{before} {command.Name}");
        }
    }

    /// <summary>Each command, and the commands it has in turn behind it: "doctor", "doctor port".</summary>
    private static IEnumerable<(string Name, Command Command)> Commands(RootCommand root)
        => root.Subcommands.SelectMany(static command => command.Subcommands.Select(inner => ($"{command.Name} {inner.Name}", inner)).Prepend((command.Name, command)));

    private static void Options(TextWriter output, Command command)
    {
        if (command.Options.Count == 0)
        {
            return;
        }

        output.WriteLine(".Bl -tag -width Ds");
        foreach (Option option in command.Options.Where(static option => !option.Hidden))
        {
            string names = string.Join(", ", option.Aliases.Prepend(option.Name));
            string value = option.ValueType == typeof(bool) || option.HelpName is null ? "" : $" Ar {Escaped(option.HelpName)}";
            output.WriteLine($".It Fl {Escaped(names[1..]).Replace(", \\-", " , Fl ", StringComparison.Ordinal)}{value}");
            output.WriteLine(Escaped(option.Description ?? ""));
        }

        output.WriteLine(".El");
    }

    private static void Examples(TextWriter output, ReadOnlySpan<string> examples)
    {
        foreach (string example in examples)
        {
            int end = example.IndexOf("  ", StringComparison.Ordinal);
            string said = end < 0 ? "" : example[end..].Trim();
            output.WriteLine($"{Escaped(said.Length == 0 ? "Also:" : char.ToUpperInvariant(said[0]) + said[1..] + ":")}");
            output.WriteLine($".Dl {Escaped(end < 0 ? example : example[..end])}\n.Pp");
        }
    }

    /// <summary>Backslashes, dashes and a leading control character mean something to troff.</summary>
    private static string Escaped(string text)
    {
        string safe = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return safe.StartsWith('.') || safe.StartsWith('\'') ? "\\&" + safe : safe;
    }
}
