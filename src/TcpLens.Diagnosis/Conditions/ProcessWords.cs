using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>How a process is, as evidence.</summary>
internal static class ProcessWords
{
    /// <summary>True for a process that does nothing until somebody lets it go on, or ever again.</summary>
    public static bool IsStopped(ProcessFacts? process) => process?.State is 'T' or 't' or 'Z';

    /// <summary>proc_pid_stat(5) in words: "sleeping", "stopped by a debugger".</summary>
    public static string StateOf(ProcessFacts process) => process.State switch
    {
        'R' => "running",
        'S' => "sleeping",
        'D' => "sleeping and cannot be interrupted",
        'T' => "stopped by a signal",
        't' => "stopped by a debugger",
        'Z' => "dead, and its parent has not noticed",
        var other => $"in state {other}",
    };

    /// <summary>"nginx/1234 is sleeping, its main thread in do_epoll_wait".</summary>
    public static Fact StateFact(ProcessFacts process) => new(
        $"{CaseFile.NameOf(process.Process)} is {StateOf(process)}{(process.WaitsIn is { } place ? $", its main thread in {place}" : "")}",
        "/proc/PID/stat, /proc/PID/wchan");

    /// <summary>"166 of 20,000 descriptors of nginx/1234 open"; nothing where one of the numbers is unknown.</summary>
    public static IEnumerable<Fact> DescriptorFact(ProcessFacts process)
        => process is { Descriptors: { } open, DescriptorLimit: { } limit }
            ? [new Fact($"{open:N0} of {limit:N0} descriptors of {CaseFile.NameOf(process.Process)} open", "/proc/PID/fd, /proc/PID/limits") { Value = open }]
            : [];
}
