using System.CommandLine;
using TcpLens.Cli.Tune;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>tcplens tune set: settings by name.</summary>
internal static class TuneSetCommand
{
    private static readonly Argument<string[]> Words = new("KEY=VALUE") { Arity = ArgumentArity.OneOrMore, HelpName = "KEY=VALUE", Description = "settings, as for sysctl(8); tcp_sack is net.ipv4.tcp_sack" };
    private static readonly Option<string> Reason = new("--reason") { Description = "why, for the journal and the file", HelpName = "TEXT", DefaultValueFactory = static _ => "" };

    public static Command Create()
    {
        var command = new Command("set", "Change settings, all or none, after showing the plan and asking");
        command.Add(Words);
        Completions.Offer(Words, static () => Completions.Settings());
        command.Add(Reason);
        TuneOptions.AddTo(command);
        TuneCommand.Common.AddPlaceTo(command);
        command.SetAction(result => Session.Run(result, TuneCommand.Common, session => Run(result, session)));
        ExampleHelp.Give(
            command,
            "tcplens tune set net.ipv4.tcp_fin_timeout=30 --reason 'orphans in FIN_WAIT_2'",
            "tcplens tune set 'net.ipv4.ip_local_port_range=20000 60999' --revert-after 10m",
            "tcplens tune set tcp_mtu_probing=1 --netns blue --dry-run");
        return command;
    }

    private static int Run(ParseResult result, Session session)
    {
        TunePaths paths = TuneOptions.PathsOf(result);
        TuneOptions options = TuneOptions.Of(result);
        TuneGround ground = TuneGround.Read(session, paths.Root);
        return TuneRun.Apply(session, paths, ground, SettingWords.Parse(result.GetValue(Words) ?? [], ground), result.GetValue(Reason) ?? "", options);
    }
}
