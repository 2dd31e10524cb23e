using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Runs packetdrill scripts against this stack, in virtual time; or against the kernel.</summary>
public static class ScriptRunner
{
    private static readonly HashSet<string> KnownOptions = new(StringComparer.Ordinal)
    {
        "ip_version", "tolerance_usecs", "mss", "mtu", "local_ip", "remote_ip", "bind_port", "connect_port", "tcp_ts_tick_usecs", "tcp_ts_ecr_scaled",
        "non_fatal", "send_omit_free", "netmask_ip", "gateway_ip", "speed", "init_scripts", "verbose", "wire_client_dev", "wire_server_dev",
    };

    /// <summary>Reads and runs. A script that cannot be read has failed.</summary>
    /// <param name="text">The script.</param>
    /// <param name="file">Its name.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SystemCallException">Against the kernel: no namespace or device may be made.</exception>
    public static ScriptOutcome Run(string text, string file, ScriptOptions options)
    {
        ScriptProfile profile = options.Profile ?? Guess(text, file);
        try
        {
            return Run(ScriptParser.Parse(text, file, ScriptOptions.Symbols(profile)), profile, options);
        }
        catch (ScriptSyntaxException mistake)
        {
            return new(file, profile, ScriptVerdict.Failed) { Line = mistake.Line, Expected = "a script", Got = mistake.Message };
        }
    }

    /// <summary>FreeBSD's scripts set its sysctls, or stand in a folder of its name.</summary>
    private static ScriptProfile Guess(string text, string file)
    {
        bool isBsd = text.Contains("net.inet.", StringComparison.Ordinal) || text.Contains("TCPI_", StringComparison.Ordinal)
            || Path.GetFullPath(file).Split('/').Any(static folder => folder is "bsd" or "fbsd" or "freebsd");
        return isBsd ? ScriptProfile.FreeBsd : ScriptProfile.Linux;
    }

    private static ScriptOutcome Run(Script script, ScriptProfile profile, ScriptOptions options)
        => options.Kernel is { } clock
            ? PrivateNetwork.Run(() => Run(script, profile, options, (knobs, addresses) => new KernelMachine(knobs, addresses, clock)))
            : Run(script, profile, options, static (knobs, addresses) => new StackMachine(knobs, addresses));

    private static ScriptOutcome Run(Script script, ScriptProfile profile, ScriptOptions options, Func<ScriptKnobs, ScriptAddresses, IScriptMachine> make)
    {
        var trace = new ScriptTrace(options.KeepTrace);
        var outcome = new ScriptOutcome(script.Name, profile, ScriptVerdict.Passed);
        ScriptRun? run = null;
        try
        {
            RefuseOptions(script);
            var addresses = ScriptAddresses.Of(script.Options);
            ScriptKnobs knobs = Knobs(script, profile, options);
            using IScriptMachine machine = make(knobs, addresses);
            run = new(script, machine, knobs, addresses, trace);
            run.Run();
            return outcome with { Trace = trace.Lines, Duration = run.Duration };
        }
        catch (ExpectationException failure)
        {
            return At(outcome with { Verdict = ScriptVerdict.Failed, Expected = failure.Expected, Got = failure.Got, Trace = trace.Lines }, run);
        }
        catch (UnsupportedFeatureException missing)
        {
            return At(outcome with { Verdict = ScriptVerdict.NotSupported, Feature = missing.Message }, run);
        }
    }

    private static ScriptOutcome At(ScriptOutcome outcome, ScriptRun? run) => outcome with
    {
        Line = run?.Current?.Line ?? 1,
        Statement = run?.Current?.Text ?? "",
        Duration = run?.Duration ?? TimeSpan.Zero,
    };

    private static ScriptKnobs Knobs(Script script, ScriptProfile profile, ScriptOptions options)
    {
        var knobs = new ScriptKnobs(profile, options.Security) { ShiftSeen = ShiftSeen(script), ComparesScale = options.Kernel is null };
        if (script.Options.TryGetValue("mtu", out string? text))
        {
            knobs.Mtu = int.TryParse(text, out int mtu) && mtu is >= 576 and <= ushort.MaxValue ? mtu : throw new UnsupportedFeatureException($"--mtu={text}");
        }

        return knobs;
    }

    private static byte? ShiftSeen(Script script)
    {
        foreach (ScriptStatement statement in script.Statements)
        {
            if (statement is SegmentStatement { IsInbound: false } sent && sent.Segment.Bits.Has(ControlBits.Syn)
                && sent.Segment.Options?.FirstOrDefault(static option => option.Kind == TcpOptionKind.WindowScale) is { } scale)
            {
                return (byte)Math.Min(scale.First, WindowScale.MaxShift);
            }
        }

        return null;
    }

    private static void RefuseOptions(Script script)
    {
        foreach (string name in script.Options.Keys)
        {
            if (!KnownOptions.Contains(name))
            {
                throw new UnsupportedFeatureException($"--{name}");
            }
        }
    }
}
