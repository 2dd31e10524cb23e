namespace TcpLens.Lab;

/// <summary>What a machine under a script can be asked about itself, as sockstat, ss and nstat print it.</summary>
internal interface IShellSources
{
    /// <summary>The output of a program that shows sockets or counters, line by line; null for one that is not known.</summary>
    IReadOnlyList<string>? Output(string program, IReadOnlyList<string> arguments);
}

/// <summary>
/// The commands of scripts, without a shell: sysctls become settings, programs that show sockets are asked of the stack, and "grep" is done here. Nothing is
/// started.
/// </summary>
internal sealed class ShellCommands(ScriptKnobs knobs, IShellSources sources)
{
    private readonly ScriptKnobs _knobs = knobs;
    private readonly IShellSources _sources = sources;

    /// <summary>Null when all commands do what they are to do; else the one that fails.</summary>
    /// <exception cref="UnsupportedFeatureException">A command that is not known here.</exception>
    public string? Run(string script)
    {
        string? failed = null;
        foreach (IReadOnlyList<IReadOnlyList<string>> pipeline in ShellWords.Commands(script))
        {
            failed = RunPipeline(pipeline) ? null : string.Join(" | ", pipeline.Select(static words => string.Join(' ', words)));
        }

        return failed;
    }

    private bool RunPipeline(IReadOnlyList<IReadOnlyList<string>> pipeline)
    {
        IReadOnlyList<string> first = pipeline[0];
        string program = Path.GetFileName(first[0]);
        if (pipeline.Count == 1 && TryConfigure(program, first))
        {
            return true;
        }

        IReadOnlyList<string> lines = _sources.Output(program, [.. first.Skip(1)]) ?? throw new UnsupportedFeatureException($"command {program}");
        bool succeeded = true;
        foreach (IReadOnlyList<string> filter in pipeline.Skip(1))
        {
            (lines, succeeded) = Filter(filter, lines);
        }

        return succeeded;
    }

    private bool TryConfigure(string program, IReadOnlyList<string> words)
    {
        switch (program)
        {
            case "sysctl" or "set_sysctls.py":
                foreach (string word in words.Skip(1).Where(static word => word.Contains('=', StringComparison.Ordinal)))
                {
                    int equals = word.IndexOf('=', StringComparison.Ordinal);
                    string name = word[..equals].Replace("/proc/sys/", "", StringComparison.Ordinal);
                    SysctlMap.Set(_knobs, name, word[(equals + 1)..]);
                }

                return true;
            case "defaults.sh":
                // Of what that file sets, only this is not a default anyway.
                _knobs.Tcp = _knobs.Tcp with { RequestEcn = false, AcceptEcn = false };
                return true;
            case "true" or "ethtool" or "sleep" or "sync" or "rm" or "dd":
                return true;
            case "tcpdrop" or "nstat" when words.Count <= 3:
                return true;
            case "echo" when words.Any(static word => word.StartsWith("/sys/module/tcp_cubic/", StringComparison.Ordinal)):
                return true;
            case "ip" when words is [_, "route", "change" or "add" or "replace", ..] or [_, "link", "set", ..]:
                SetRoute(words);
                return true;
            default:
                return program.StartsWith("sysctl_restore", StringComparison.Ordinal);
        }
    }

    private void SetRoute(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count - 1; i++)
        {
            if (words[i] == "advmss" && ushort.TryParse(words[i + 1], out ushort size))
            {
                _knobs.AdvertisedSegmentSize = size;
            }
            else if (words[i] == "mtu" && int.TryParse(words[i + 1] == "lock" ? words[Math.Min(i + 2, words.Count - 1)] : words[i + 1], out int mtu))
            {
                _knobs.Mtu = mtu;
            }
        }
    }

    private static (IReadOnlyList<string> Lines, bool Succeeded) Filter(IReadOnlyList<string> words, IReadOnlyList<string> lines)
    {
        if (words[0] == "wc" && words.Contains("-l"))
        {
            return ([$"{lines.Count}"], true);
        }

        if (words[0] is not ("grep" or "egrep" or "fgrep"))
        {
            throw new UnsupportedFeatureException($"command {words[0]}");
        }

        string flags = string.Concat(words.Skip(1).Where(static word => word.StartsWith('-')));
        string pattern = words.Skip(1).FirstOrDefault(static word => !word.StartsWith('-')) ?? throw new UnsupportedFeatureException("grep without a pattern");
        StringComparison comparison = flags.Contains('i', StringComparison.Ordinal) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        bool isInverted = flags.Contains('v', StringComparison.Ordinal);
        string[] found = [.. lines.Where(line => line.Contains(pattern, comparison) != isInverted)];
        return (flags.Contains('c', StringComparison.Ordinal) ? [$"{found.Length}"] : found, found.Length > 0);
    }
}
