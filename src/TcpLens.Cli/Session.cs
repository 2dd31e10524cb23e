using System.CommandLine;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>One run of a command: where data and talk go, and how they look.</summary>
internal sealed class Session
{
    private Session(ParseResult result, CommonOptions options)
    {
        ColorChoice color = options.ColorOf(result);
        Json = result.GetValue(options.Json);
        Style = TerminalStyle.Of(OutputDescriptor.StandardOutput, color);
        Error = new StandardError(OutputDescriptor.StandardError, TerminalStyle.Of(OutputDescriptor.StandardError, color));
        ExplainSource = result.GetValue(options.ExplainSource);
        MayUseBpf = !result.GetValue(options.NoBpf);
        Netns = result.GetValue(options.Netns);
    }

    public StandardOutput Output { get; } = new();

    public StandardError Error { get; }

    public TerminalStyle Style { get; }

    public bool Json { get; }

    public bool ExplainSource { get; }

    public bool MayUseBpf { get; }

    public string? Netns { get; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    /// <summary>Runs a command's work, and sends off what it wrote.</summary>
    public static int Run(ParseResult result, CommonOptions options, Func<Session, int> work)
    {
        var session = new Session(result, options);
        int code = work(session);
        session.Output.Flush();
        return code;
    }

    /// <summary>The machine as seen from the namespaces the user asked for; by default the one we are in.</summary>
    public LiveMachine OpenMachine()
    {
        if (Netns is null)
        {
            return LiveMachine.Own(MayUseBpf);
        }

        bool isAll = Netns.Equals("all", StringComparison.OrdinalIgnoreCase);
        NamespaceSurvey survey = new NamespaceFinder().FindAll(deep: isAll);
        if (!survey.TrySelect(Netns, out IReadOnlyList<NetworkNamespace> chosen, out string? failure))
        {
            throw new UsageException($"--netns {Netns}: {failure}");
        }

        foreach (BlindSpot blind in isAll ? survey.BlindSpots : [])
        {
            Error.Hint(blind.ToString());
        }

        return new LiveMachine(chosen, MayUseBpf);
    }

    /// <summary>What could not be seen, and on request how the rest was come by.</summary>
    public void Account(LiveMachine machine, Sight wanted)
    {
        foreach (BlindSpot blind in machine.BlindSpots)
        {
            Error.Warning(blind.ToString());
        }

        machine.BlindSpots.Clear();
        if (machine.UnreadableProcesses > 0 || (wanted & ~Sight.OwnersOfOthers) != Sight.None)
        {
            Sight missing = machine.UnreadableProcesses > 0 ? wanted | Sight.OwnersOfOthers : wanted & ~Sight.OwnersOfOthers;
            if (Privileges.Current.WhatMoreWouldShow(missing, Environment.ProcessPath ?? "tcplens") is { } more)
            {
                Error.Hint(more);
            }
        }

        if (ExplainSource)
        {
            foreach (string source in machine.Sources)
            {
                Error.Hint("source: " + source);
            }
        }
    }
}
