namespace TcpLens.Lab;

/// <summary>What a script's commands do to the machine under it, and what they can ask.</summary>
internal interface IShellGround
{
    /// <exception cref="UnsupportedFeatureException">It cannot be set to that.</exception>
    void SetSysctl(string name, string value);

    /// <summary>What scripts of Linux set at their beginning (defaults.sh).</summary>
    void SetDefaults();

    /// <summary>"ip route … advmss 1430 mtu 1470", "ip link set … mtu 9000". False: not here.</summary>
    bool TrySetRoute(IReadOnlyList<string> words);

    /// <summary>The output of a program that shows sockets or counters, line by line; null for one that is not known.</summary>
    IReadOnlyList<string>? Output(string program, IReadOnlyList<string> arguments);
}

/// <summary>
/// The commands of scripts, without a shell: sysctls become settings, programs that show sockets are asked of the stack, and "grep" is done here. Nothing is
/// started.
/// </summary>
internal sealed class ShellCommands(IShellGround ground)
{
    private readonly IShellGround _ground = ground;

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

        IReadOnlyList<string> lines = _ground.Output(program, [.. first.Skip(1)]) ?? throw new UnsupportedFeatureException($"command {program}");
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
                    _ground.SetSysctl(name, word[(equals + 1)..]);
                }

                return true;
            case "defaults.sh":
                _ground.SetDefaults();
                return true;
            case "true" or "ethtool" or "sleep" or "sync" or "rm" or "dd":
                return true;
            case "tcpdrop" or "nstat" when words.Count <= 3:
                return true;
            case "echo" when words.Any(static word => word.StartsWith("/sys/module/tcp_cubic/", StringComparison.Ordinal)):
                return true;
            case "ip" when words is [_, "route", "change" or "add" or "replace", ..] or [_, "link", "set", ..]:
                return _ground.TrySetRoute(words);
            default:
                return program.StartsWith("sysctl_restore", StringComparison.Ordinal);
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
