using System.CommandLine;

namespace TcpLens.Cli;

/// <summary>Flags of tcpdump that fingers type by themselves and that are called otherwise here: an error that says how.</summary>
internal static class ForeignFlags
{
    private static readonly (Option<string?> Option, string Instead)[] Flags =
    [
        Flag("-C", "--rotate SIZE, as in --rotate 100MB"),
        Flag("-G", "--rotate TIME, as in --rotate 10min"),
        Flag("-W", "--rotate …,Nfiles, as in --rotate 100MB,5files"),
        Flag("-r", "another command: tcplens analyze FILE"),
        Flag("-A", "tcplens analyze FILE --follow 17"),
        Flag("-X", "tcplens analyze FILE --follow 17"),
        Flag("-x", "tcplens analyze FILE --follow 17"),
        Flag("-D", "ip -brief link"),
        Flag("-F", "the filter itself: \"$(cat FILE)\""),
        Flag("-v", "--print, which always says all"),
        Flag("-e", "--print, which shows no link addresses"),
        Flag("-t", "--print, whose times are those of the day"),
        Flag("-S", "tcplens analyze FILE --connection 17 --raw"),
        Flag("-U", "nothing: the file is always up to date"),
        Flag("-l", "nothing: lines are never held back"),
        Flag("-K", "nothing: a bad checksum drops no segment"),
    ];

    public static void AddTo(Command command)
    {
        foreach ((Option<string?> option, _) in Flags)
        {
            command.Add(option);
        }
    }

    /// <exception cref="UsageException">One of them was given.</exception>
    public static void Refuse(ParseResult result)
    {
        foreach ((Option<string?> option, string instead) in Flags)
        {
            if (result.GetResult(option) is not null)
            {
                throw new UsageException($"tcpdump's {option.Name} is here: {instead}");
            }
        }
    }

    private static (Option<string?> Option, string Instead) Flag(string name, string instead)
        => (new Option<string?>(name) { Hidden = true, Arity = ArgumentArity.ZeroOrOne }, instead);
}
