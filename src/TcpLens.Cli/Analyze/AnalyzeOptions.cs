using System.CommandLine;
using System.Globalization;
using TcpLens.Capture;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>What analyze is asked for: which captures, what of them, and how it is shown.</summary>
internal sealed class AnalyzeOptions
{
    private const long NoNumber = 0;

    private readonly Argument<string[]> _words = new("FILE") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILE… [FILTER]", Description = "captures, - is standard input; and which packets, as tcpdump has it" };
    private readonly Option<string?> _connections = new("--connections", "-c") { Arity = ArgumentArity.ZeroOrOne, Description = "a row for each; 'dport 443 and retrans > 0' for some", HelpName = "FILTER" };
    private readonly Option<string?> _sort = new("--sort") { Description = "of the rows, largest first; +KEY for smallest first", HelpName = "KEY" };
    private readonly Option<int?> _top = new("--top") { Description = "rows to show (1,000)", HelpName = "N" };
    private readonly Option<long?> _connection = new("--connection", "-n") { Description = "everything about one: its states, its segments, its shape", HelpName = "N" };
    private readonly Option<string?> _follow = new("--follow", "-f") { Arity = ArgumentArity.ZeroOrOne, Description = "what connection N said; without N: go on as the file grows", HelpName = "N" };
    private readonly Option<string?> _end = new("--end") { Description = "with --follow N: only the originator's or the responder's", HelpName = "WHO" };
    private readonly Option<bool> _raw = new("--raw") { Description = "numbers as in the headers; octets as they were sent" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "with --follow N: write one end's octets to a file", HelpName = "FILE" };
    private readonly Option<string?> _limit = new("--limit") { Description = "segments (1,000) or octets an end (64k) to show", HelpName = "N" };
    private readonly Option<bool> _findings = new("--findings") { Description = "what is wrong, and what helps, as doctor has it" };
    private readonly Option<string?> _report = new("--report") { Description = "also a page for a browser, with pictures (docs/report.md)", HelpName = "FILE" };
    private readonly Option<bool> _csv = new("--csv") { Description = "with --connections: comma-separated values" };
    private readonly Option<bool> _tunnels = new("--tunnels") { Description = "look into GRE, VXLAN, GENEVE, IP in IP (the default)" };
    private readonly Option<bool> _noTunnels = new("--no-tunnels") { Description = "do not" };
    private readonly Option<int?> _max = new("--max-connections") { Description = "followed at once; the most silent go first (500,000)", HelpName = "N" };
    private readonly Option<bool> _dropBad = new("--drop-bad-checksums") { Description = "leave out what its receiver would have dropped" };
    private readonly Option<string?> _idle = new("--idle") { Description = "after such a silence it is another connection", HelpName = "TIME" };
    private readonly Option<bool> _noHeader = new("--no-header", "-H") { Description = "rows only" };

    public void AddTo(Command command)
    {
        command.Add(_words);
        foreach (Option option in (Option[])[_connections, _sort, _top, _connection, _follow, _end, _raw, _output, _limit, _findings, _report, _csv, _tunnels, _noTunnels, _max, _dropBad, _idle, _noHeader])
        {
            command.Add(option);
        }

        Completions.Offer(_sort, static () => ConnectionOrder.Keys);
        Completions.Offer(_end, static () => ["originator", "responder"]);
    }

    /// <exception cref="UsageException">It does not go together, or makes no sense.</exception>
    public AnalyzeChoice Of(ParseResult result, Session session)
    {
        List<string> files = [];
        string? filter = ValueBehind(result, _connections, files);
        long? follow = IsGiven(result, _follow) ? NumberOf(ValueBehind(result, _follow, files)) : null;
        AnalyzeWords words = AnalyzeWords.Of([.. files, .. result.GetValue(_words) ?? []]);
        string? sort = result.GetValue(_sort);
        var choice = new AnalyzeChoice
        {
            View = ViewOf(result, follow),
            Files = words.Files,
            PacketFilter = words.Filter,
            Filter = filter is null ? null : FilterOf(filter, session),
            Number = result.GetValue(_connection) ?? follow ?? NoNumber,
            Grows = follow == NoNumber,
            Sort = sort is null ? null : ConnectionOrder.KeyNamed(sort.TrimStart('+')),
            SmallestFirst = sort?.StartsWith('+') == true,
            Top = result.GetValue(_top) is { } top ? top > 0 ? top : throw new UsageException($"--top {top}: say 1 or more") : null,
            Limit = LimitOf(result),
            IsRaw = result.GetValue(_raw),
            End = EndOf(result),
            Output = result.GetValue(_output),
            Report = result.GetValue(_report),
            IsCsv = result.GetValue(_csv),
            HasHeader = !result.GetValue(_noHeader),
            Reading = new ReaderOptions { OpensTunnels = !result.GetValue(_noTunnels) || result.GetValue(_tunnels) },
            Analysis = AnalysisOf(result),
        };
        Check(choice, session);
        return choice;
    }

    private AnalyzeView ViewOf(ParseResult result, long? follow)
    {
        List<(AnalyzeView View, string Option)> asked = [];
        if (IsGiven(result, _connections))
        {
            asked.Add((AnalyzeView.Connections, "--connections"));
        }

        if (result.GetValue(_connection) is { } number)
        {
            asked.Add(number > 0 ? (AnalyzeView.Connection, "--connection") : throw new UsageException($"--connection {number}: connections are numbered from 1; --connections lists them"));
        }

        if (follow is > NoNumber)
        {
            asked.Add((AnalyzeView.Bytes, "--follow N"));
        }

        if (result.GetValue(_findings))
        {
            asked.Add((AnalyzeView.Findings, "--findings"));
        }

        return asked switch
        {
            [] => AnalyzeView.Overview,
            [var one] => one.View,
            _ => throw new UsageException($"{string.Join(" and ", asked.Select(static one => one.Option))} are different ways to look: choose one"),
        };
    }

    private static bool IsGiven(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>These options may stand alone, and then a file behind one of them is a capture and not its value.</summary>
    private static string? ValueBehind(ParseResult result, Option<string?> option, List<string> files)
    {
        if (result.GetValue(option) is not { } value || !AnalyzeWords.IsFile(value))
        {
            return result.GetValue(option);
        }

        files.Add(value);
        return null;
    }

    private static long NumberOf(string? text)
        => text is null ? NoNumber
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 ? number
            : throw new UsageException($"--follow {text}: that is neither a connection's number nor a file; --connections lists the numbers");

    private static ConnectionFilter FilterOf(string text, Session session)
    {
        (ConnectionFilter? filter, FilterError? failure) = ConnectionFilter.Parse(text, new SystemNames());
        if (filter is null)
        {
            throw new UsageException(
                $"the filter of connections cannot be read\n{failure!.Render()}\n--connections takes the language of ss (docs/filters.md); tcpdump's stands by itself: tcplens analyze FILE '{text}'");
        }

        foreach (string warning in filter.Warnings)
        {
            session.Error.Warning(warning);
        }

        return filter;
    }

    private AnalyzerOptions AnalysisOf(ParseResult result)
    {
        var usual = new AnalyzerOptions();
        return usual with
        {
            MaxConnections = result.GetValue(_max) is { } most ? most > 0 ? most : throw new UsageException($"--max-connections {most}: say 1 or more") : usual.MaxConnections,
            DropsBadChecksums = result.GetValue(_dropBad),
            Idle = result.GetValue(_idle) is not { } text ? null
                : Duration.TryParse(text, out TimeSpan idle) && idle > TimeSpan.Zero ? idle
                : throw new UsageException($"--idle {text}: say a time with its unit, such as 30s, 5m or 1h"),
        };
    }

    private long? LimitOf(ParseResult result)
    {
        if (result.GetValue(_limit) is not { } text)
        {
            return null;
        }

        long unit = text is [.., 'k' or 'K'] ? 1 << 10 : text is [.., 'm' or 'M'] ? 1 << 20 : 1;
        return long.TryParse(unit == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is > 0 and < 1L << 40
            ? number * unit
            : throw new UsageException($"--limit {text}: say a number such as 1000, 64k or 10m");
    }

    private ConnectionEnd? EndOf(ParseResult result) => result.GetValue(_end)?.ToLowerInvariant() switch
    {
        null => null,
        "originator" => ConnectionEnd.Originator,
        "responder" => ConnectionEnd.Responder,
        var other => throw new UsageException($"--end {other}: say originator (who opened the connection) or responder"),
    };

    private static void Check(AnalyzeChoice choice, Session session)
    {
        if (choice.View != AnalyzeView.Connections && (choice.IsCsv || choice.Sort is not null || choice.Top is not null))
        {
            throw new UsageException($"{(choice.IsCsv ? "--csv" : choice.Sort is not null ? "--sort" : "--top")} goes with --connections");
        }

        if (choice.View != AnalyzeView.Bytes && (choice.End is not null || choice.Output is not null))
        {
            throw new UsageException($"{(choice.End is not null ? "--end" : "-o")} goes with --follow N, a connection's number");
        }

        if (choice.IsRaw && choice.View is not (AnalyzeView.Bytes or AnalyzeView.Connection))
        {
            throw new UsageException("--raw goes with --connection N or --follow N");
        }

        if (choice.View == AnalyzeView.Bytes && (choice.IsRaw || choice.Output is not null) && choice.End is null)
        {
            throw new UsageException("whose octets? say --end originator or --end responder");
        }

        if (choice.Report is not null && (choice.Grows || choice.View is AnalyzeView.Bytes or AnalyzeView.Connections))
        {
            throw new UsageException("--report goes with the overview, --findings or --connection N, of captures that have ended");
        }

        if (choice.IsCsv && session.Json)
        {
            throw new UsageException("--csv and --json are two forms of one answer: choose one");
        }

        if (choice.View == AnalyzeView.Bytes && session.Json)
        {
            throw new UsageException("--follow N shows octets, not JSON; --raw --end originator gives them as they were sent");
        }

        if (choice.Grows && (choice.Files.Count > 1 || choice.View is AnalyzeView.Connection or AnalyzeView.Bytes))
        {
            throw new UsageException("--follow without a number goes on with one file as it grows: the overview, --findings or --connections");
        }
    }
}
