using System.CommandLine;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>--interval and --count: the same question again and again, with what changed in between.</summary>
internal sealed class Repetition
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private Option<string?> Interval { get; } = new("--interval") { Description = "repeat, and show what changed: 500ms, 1s, 2m", HelpName = "TIME" };

    private Option<int?> Count { get; } = new("--count") { Description = "how often to repeat; without it until Ctrl-C", HelpName = "N" };

    public void AddTo(Command command)
    {
        command.Add(Interval);
        command.Add(Count);
    }

    /// <summary>The time between two rounds; null when the question is asked once.</summary>
    public TimeSpan? IntervalOf(ParseResult result)
    {
        string? text = result.GetValue(Interval);
        if (text is null)
        {
            return result.GetValue(Count) is null ? null : throw new UsageException("--count needs --interval: how long to wait between two rounds");
        }

        return Duration.TryParse(text, out TimeSpan interval) && interval >= Shortest
            ? interval
            : throw new UsageException($"--interval {text}: say a time of at least 10ms with its unit, such as 500ms, 1s or 2m");
    }

    /// <summary>Runs the rounds; ends after --count of them, or when interrupted, with the exit code of the signal.</summary>
    public int Run(ParseResult result, Session session, TimeSpan interval, Action<int> round)
    {
        int? rounds = result.GetValue(Count);
        if (rounds is < 1)
        {
            throw new UsageException($"--count {rounds}: say 1 or more");
        }

        using var interruption = new Interruption();
        long next = session.Clock.GetTimestamp();
        for (int i = 0; rounds is null || i < rounds; i++)
        {
            round(i);
            session.Output.Flush();
            if (i + 1 == rounds)
            {
                break;
            }

            next += (long)(interval.TotalSeconds * session.Clock.TimestampFrequency);
            TimeSpan wait = session.Clock.GetElapsedTime(session.Clock.GetTimestamp(), next);
            if (interruption.Token.WaitHandle.WaitOne(wait > TimeSpan.Zero ? wait : TimeSpan.Zero))
            {
                return interruption.ExitCode ?? 0;
            }
        }

        return 0;
    }
}
