using System.CommandLine;
using TcpLens.Capture;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>The options of capture; those of tcpdump have its letters.</summary>
internal sealed class CaptureOptions
{
    private const int LeastSnapLength = 40;

    private readonly Argument<string[]> _filter = new("FILTER") { Arity = ArgumentArity.ZeroOrMore, HelpName = "FILTER", Description = "which packets, in tcpdump's language: tcp port 443 and host 10.0.0.7" };
    private readonly Option<string?> _interface = new("--interface", "-i") { Description = "where to capture; any for everywhere", HelpName = "NAME" };
    private readonly Option<string?> _output = new("--write", "-w") { Description = "keep the packets in a pcapng file; - is standard output", HelpName = "FILE" };
    private readonly Option<string?> _rotate = new("--rotate") { Description = "begin a new file: 100MB, 10min, 50000packets; keep the last ones: 5files", HelpName = "WHEN,…" };
    private readonly Option<string?> _snapLength = new("--snaplen", "-s") { Description = "keep so many octets of each packet", HelpName = "N" };
    private readonly Option<bool> _headersOnly = new("--headers-only") { Description = "keep all headers and no payload" };
    private readonly Option<string?> _duration = new("--duration") { Description = "end after this time", HelpName = "TIME" };
    private readonly Option<long?> _count = new("--count", "-c") { Description = "end after N packets", HelpName = "N" };
    private readonly Option<bool> _print = new("--print") { Description = "a line for each segment" };
    private readonly Option<string?> _user = new("--user", "-Z") { Description = "become this user once the capture is open; root to stay root", HelpName = "NAME" };
    private readonly Option<string?> _buffer = new("--buffer", "-B") { Description = "the kernel's ring; a bare number is KiB, as for tcpdump", HelpName = "SIZE" };
    private readonly Option<bool> _notPromiscuous = new("--no-promiscuous-mode", "-p") { Description = "only packets for this machine" };
    private readonly Option<string[]> _trigger = new("--trigger") { Description = "keep packets in memory, and write the file when this happens: reset, refused, zero-window, retransmission>100/s, syn-flood, 'packet FILTER'", HelpName = "CONDITION" };
    private readonly Option<string?> _before = new("--before") { Description = "with --trigger: how much before it goes into the file (30s)", HelpName = "TIME" };
    private readonly Option<string?> _after = new("--after") { Description = "with --trigger: how much after it (10s)", HelpName = "TIME" };
    private readonly Option<string?> _ring = new("--ring") { Description = "with --trigger: memory for what was before (64MB)", HelpName = "SIZE" };
    private readonly Option<bool> _again = new("--trigger-again") { Description = "with --trigger: go on, with a new file each time" };
    private readonly Option<bool> _numeric = new("-n", "-nn") { Hidden = true };

    public void AddTo(Command command)
    {
        command.Add(_filter);
        foreach (Option option in (Option[])[_interface, _output, _rotate, _snapLength, _headersOnly, _duration, _count, _print, _user, _buffer, _notPromiscuous, _trigger, _before, _after, _ring, _again, _numeric])
        {
            command.Add(option);
        }

        ForeignFlags.AddTo(command);
        Completions.Offer(_trigger, static () => Trigger.Names);
        Completions.Offer(_interface, static () => [.. CaptureInterfaces.Names(), LiveCaptureOptions.EveryInterface]);
    }

    /// <exception cref="UsageException">It does not go together, or makes no sense.</exception>
    public CaptureChoice Of(ParseResult result)
    {
        ForeignFlags.Refuse(result);
        bool headersOnly = result.GetValue(_headersOnly);
        var choice = new CaptureChoice
        {
            Filter = string.Join(' ', result.GetValue(_filter) ?? []),
            Interface = result.GetValue(_interface),
            Output = result.GetValue(_output),
            Rotation = result.GetValue(_rotate) is { } rotation ? Rotation.Parse(rotation) : null,
            SnapLength = SnapLengthOf(result.GetValue(_snapLength), headersOnly),
            HeadersOnly = headersOnly,
            BufferOctets = BufferOf(result.GetValue(_buffer)),
            IsPromiscuous = !result.GetValue(_notPromiscuous),
            Duration = result.GetValue(_duration) is { } time ? TimeOf("--duration", time) : null,
            Count = result.GetValue(_count) is { } count ? count > 0 ? count : throw new UsageException($"--count {count}: say 1 or more") : null,
            Prints = result.GetValue(_print),
            User = result.GetValue(_user),
            Trigger = TriggerOf(result),
        };
        Check(choice);
        return choice;
    }

    private static void Check(CaptureChoice choice)
    {
        if (choice.Rotation is not null && choice.Output is null or PacketFile.Standard)
        {
            throw new UsageException("--rotate needs -w FILE: the name that the files' numbers are put behind");
        }

        if (choice.Trigger is not null && choice.Output is null or PacketFile.Standard)
        {
            throw new UsageException("--trigger needs -w FILE: where the packets go when it fires");
        }

        if (choice is { Trigger: not null, Rotation: not null })
        {
            throw new UsageException("--rotate and --trigger do not go together: a trigger's file is as long as --before and --after say");
        }

        if (choice is { Prints: true, ToStandardOutput: true })
        {
            throw new UsageException("--print and -w - both write to standard output");
        }
    }

    private TriggerChoice? TriggerOf(ParseResult result)
    {
        string[] triggers = result.GetValue(_trigger) ?? [];
        if (triggers.Length == 0)
        {
            foreach (Option option in (Option[])[_before, _after, _ring, _again])
            {
                if (result.GetResult(option) is { Implicit: false })
                {
                    throw new UsageException($"{option.Name} goes with --trigger");
                }
            }

            return null;
        }

        var choice = new TriggerChoice { Triggers = [.. triggers.SelectMany(Several).Select(Trigger.Parse)], Again = result.GetValue(_again) };
        return choice with
        {
            Before = result.GetValue(_before) is { } before ? TimeOf("--before", before) : choice.Before,
            After = result.GetValue(_after) is { } after ? TimeOf("--after", after) : choice.After,
            RingOctets = result.GetValue(_ring) is { } ring ? RingOf(ring) : choice.RingOctets,
        };
    }

    /// <summary>Several with commas, which a packet filter may not have.</summary>
    private static string[] Several(string text) => text.StartsWith("packet ", StringComparison.Ordinal) ? [text] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int RingOf(string text)
        => ByteSize.TryParse(text, out long octets) && octets is >= 1_000_000 and <= 2_000_000_000
            ? (int)octets
            : throw new UsageException($"--ring {text}: say 1MB to 2GB");

    private static int SnapLengthOf(string? text, bool headersOnly)
    {
        if (text is null)
        {
            return headersOnly ? HeaderCut.SnapLength : LiveCaptureOptions.WholePackets;
        }

        return int.TryParse(text, out int octets) && octets is 0 or (>= LeastSnapLength and <= LiveCaptureOptions.WholePackets)
            ? (octets == 0 ? LiveCaptureOptions.WholePackets : octets)
            : throw new UsageException($"--snaplen {text}: say {LeastSnapLength} to {LiveCaptureOptions.WholePackets} octets, or 0 for whole packets; --headers-only leaves out payload, however long the headers are");
    }

    private static int BufferOf(string? text)
    {
        if (text is null)
        {
            return LiveCaptureOptions.UsualBuffer;
        }

        string size = char.IsAsciiDigit(text[^1]) ? text + "KiB" : text;
        return ByteSize.TryParse(size, out long octets) && octets is >= 1 << 20 and < 2L << 30
            ? (int)octets
            : throw new UsageException($"--buffer {text}: say 1MiB to 2000MiB");
    }

    private static TimeSpan TimeOf(string option, string text)
        => Duration.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time
            : throw new UsageException($"{option} {text}: say a time with its unit, such as 500ms, 5s or 2m");
}
