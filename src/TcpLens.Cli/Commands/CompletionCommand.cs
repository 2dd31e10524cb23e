using System.CommandLine;

namespace TcpLens.Cli;

/// <summary>tcplens completion: a script for the shell, which asks this same program what can follow.</summary>
internal static class CompletionCommand
{
    public const string Name = "completion";
    public const string Description = "Print a completion script for bash, zsh or fish";

    private const string Bash =
        """
        # tcplens completion bash > /etc/bash_completion.d/tcplens
        _tcplens() {
            local line="tcplens${COMP_LINE:${#COMP_WORDS[0]}}"
            local point=$((COMP_POINT - ${#COMP_WORDS[0]} + 7))
            COMPREPLY=($(compgen -W "$("$1" "[suggest:$point]" "$line" 2>/dev/null)" -- "$2"))
        }
        complete -o bashdefault -o default -F _tcplens tcplens
        """;

    private const string Zsh =
        """
        #compdef tcplens
        # tcplens completion zsh > "${fpath[1]}/_tcplens"
        _tcplens() {
            local line="tcplens ${(j: :)words[2,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -a found
        }
        compdef _tcplens tcplens
        """;

    private const string Fish =
        """
        # tcplens completion fish > ~/.config/fish/completions/tcplens.fish
        function __tcplens
            set -l words (commandline -opc) (commandline -ct)
            set -l line (string join -- ' ' tcplens $words[2..])
            $words[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c tcplens -a '(__tcplens)'
        """;

    private static readonly Argument<string> Shell = new("SHELL") { HelpName = "SHELL", Description = "bash, zsh or fish" };

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Shell);
        Completions.Offer(Shell, static () => ["bash", "fish", "zsh"]);
        command.SetAction(static result => result.InvocationConfiguration.Output.WriteLine(result.GetValue(Shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            var other => throw new UsageException($"completion {other}: say bash, zsh or fish"),
        }));
        ExampleHelp.Give(command, "source <(tcplens completion bash)    for this shell");
        return command;
    }
}
