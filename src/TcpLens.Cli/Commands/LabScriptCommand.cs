using System.CommandLine;
using TcpLens.Cli.Lab;
using TcpLens.Lab;

namespace TcpLens.Cli;

/// <summary>tcplens lab script: packetdrill scripts against our stack, or against the kernel.</summary>
internal static class LabScriptCommand
{
    private const string Name = "script";
    private const string Description = "Run packetdrill scripts against this stack, or the kernel";

    private static readonly Argument<string[]> Files = new("FILE") { Arity = ArgumentArity.OneOrMore, HelpName = "FILE", Description = "scripts, or folders of them (*.pkt)" };
    private static readonly Option<string?> Profile = new("--profile") { Description = "whose choices: linux, freebsd or rfc; by default as each script looks", HelpName = "WHOSE" };
    private static readonly Option<string?> Security = new("--security") { Description = "RSTs and SYNs: as-script, rfc5961 or rfc793", HelpName = "RULES" };
    private static readonly Option<bool> Kernel = new("--kernel") { Description = "against this machine's kernel, in a network namespace of its own (root)" };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "every script, with all its segments" };
    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        var command = new Command(Name, Description);
        command.Add(Files);
        command.Add(Profile);
        Completions.Offer(Profile, static () => ["linux", "freebsd", "rfc"]);
        command.Add(Security);
        Completions.Offer(Security, static () => ["as-script", "rfc5961", "rfc793"]);
        command.Add(Kernel);
        command.Add(Verbose);
        Common.AddLooksTo(command);
        command.SetAction(result => Session.Run(result, Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens lab script handshake.pkt                      one script, in virtual time",
            "tcplens lab script scripts/                           all of a folder, and a summary",
            "tcplens lab script --profile freebsd bsd/close.pkt    with FreeBSD's choices",
            "tcplens lab script --security rfc793 old.pkt          RSTs are believed",
            "tcplens lab script -v handshake.pkt                   with every segment",
            "tcplens lab script --kernel handshake.pkt             against the kernel, over TUN");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        bool isVerbose = result.GetValue(Verbose);
        bool isKernel = result.GetValue(Kernel);
        var options = new ScriptOptions
        {
            Profile = ProfileOf(result),
            Security = SecurityOf(result),
            Kernel = isKernel ? session.Clock : null,
            KeepTrace = isVerbose,
        };
        if (isKernel)
        {
            session.Error.Hint("each script: a network namespace without a name, a TUN device tun0 and sysctls in it; all of it goes with the script");
        }

        ScriptFile[] files = [.. ScriptFiles.Find(result.GetValue(Files) ?? [])];
        var outcomes = new List<(ScriptFile File, ScriptOutcome Outcome)>(files.Length);
        foreach (ScriptFile file in files)
        {
            outcomes.Add((file, ScriptRunner.Run(ScriptFiles.Read(file), file.Path, options)));
        }

        if (session.Json)
        {
            ScriptJson.Write(session, outcomes);
        }
        else
        {
            new ScriptPage(outcomes, session.Style, isVerbose).WriteTo(session.Output);
        }

        return outcomes.Exists(static one => one.Outcome.Verdict == ScriptVerdict.Failed) ? CommandLine.Failed : 0;
    }

    private static ScriptProfile? ProfileOf(ParseResult result) => result.GetValue(Profile)?.ToLowerInvariant() switch
    {
        null => null,
        "linux" => ScriptProfile.Linux,
        "freebsd" => ScriptProfile.FreeBsd,
        "rfc" => ScriptProfile.Rfc,
        var other => throw new UsageException($"--profile {other}: say linux, freebsd or rfc"),
    };

    private static ScriptSecurity SecurityOf(ParseResult result) => result.GetValue(Security)?.ToLowerInvariant() switch
    {
        null or "as-script" => ScriptSecurity.AsScript,
        "rfc5961" => ScriptSecurity.Rfc5961,
        "rfc793" => ScriptSecurity.Rfc793,
        var other => throw new UsageException($"--security {other}: say as-script, rfc5961 or rfc793"),
    };
}
