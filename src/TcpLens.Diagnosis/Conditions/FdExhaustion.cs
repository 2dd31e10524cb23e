using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A process is near its limit of open descriptors (RLIMIT_NOFILE), or the host near fs.file-max: then accept(), socket() and open() fail
/// with EMFILE or ENFILE, and connections stay in the accept queue.
/// </summary>
internal sealed class FdExhaustion : Condition
{
    private const double SomeShare = 0.7;
    private const double ManyShare = 0.9;

    public override ConditionInfo Info { get; } = new(
        "fd-exhaustion",
        "Descriptors run out",
        "no new connection and no file can be opened: EMFILE, ENFILE")
    {
        ExplainedBy = ["close-wait-leak", "dead-fd-leak"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        ExamineHost(facts, verdict);
        IEnumerable<ProcessFacts> near = facts.Seen.Processes
            .Where(static process => process.DescriptorLimit > 0 && ShareOf(process) >= SomeShare)
            .OrderByDescending(ShareOf);
        foreach (ProcessFacts process in near)
        {
            verdict.Add(Find(facts, process));
        }

        if (facts.Seen.Processes.Count > 0 && facts.Seen.Processes.All(static process => process.Descriptors is null))
        {
            verdict.CannotCheck("descriptors of processes: /proc/PID/fd may not be read");
        }
    }

    private static double ShareOf(ProcessFacts process)
        => process is { Descriptors: { } open, DescriptorLimit: { } limit } ? (double)open / limit : 0;

    private void ExamineHost(CaseFile facts, Verdict verdict)
    {
        if (facts.Value("file-nr.allocated") is not { } open || facts.Settings.Number("fs.file-max") is not { } most || open < most * ManyShare)
        {
            return;
        }

        verdict.Add(new Finding
        {
            Condition = Info,
            Subject = "host",
            Severity = Severity.Critical,
            Reason = $"{(double)open / most:P0} of fs.file-max; critical from {ManyShare:P0}",
            Summary = $"the host has {open:N0} files open of {most:N0}",
            Evidence = [new($"{open:N0} file objects in use", "/proc/sys/fs/file-nr") { Value = open }, facts.SettingFact("fs.file-max")],
            Culprits = [.. facts.Seen.Processes.OrderByDescending(static process => process.Descriptors ?? 0).Take(5).Select(process => facts.CulpritOf(process.Process, $"{process.Descriptors:N0} descriptors"))],
            Remedies =
            [
                new(RemedyKind.Application, "find the process that leaks and mend it", "none"),
                new(RemedyKind.Setting, "raise fs.file-max until then", "about 256 octets of kernel memory a file, and more for a socket")
                {
                    Settings = [new SettingChange("fs.file-max", $"{(decimal)most * 2:0}")],
                    Undo = $"fs.file-max = {most}",
                },
            ],
        });
    }

    private Finding Find(CaseFile facts, ProcessFacts process)
    {
        long open = process.Descriptors ?? 0, limit = process.DescriptorLimit ?? 0;
        string name = CaseFile.NameOf(process.Process);
        Holdings held = Holdings.Of(facts, process.Process);
        return new Finding
        {
            Condition = Info,
            Subject = name,
            Severity = open >= limit ? Severity.Critical : open >= limit * ManyShare ? Severity.Warning : Severity.Notice,
            Reason = open >= limit ? $"its limit of {limit:N0} is reached" : $"{(double)open / limit:P0} of {limit:N0}; a notice from {SomeShare:P0}, a warning from {ManyShare:P0}",
            Summary = $"{name} has {open:N0} of {limit:N0} descriptors open{(open >= limit ? ": accept(), socket() and open() fail with EMFILE" : "")}",
            Evidence = Evidence(facts, process, held),
            Culprits =
            [
                facts.CulpritOf(process.Process, $"{open:N0} of {limit:N0} descriptors"),
                .. held.Listeners.Take(5).Select(static listener => new Culprit(CulpritKind.Listener, listener.ToString())),
            ],
            Remedies =
            [
                new(RemedyKind.Application, "close what is no longer needed: the states above show what leaks", "none"),
                new(RemedyKind.Application, "let the accept loop keep one spare descriptor to shed connections with, and pause after EMFILE instead of spinning", "shed clients see a close"),
                new(RemedyKind.Command, $"raise the limit of the service (systemd: LimitNOFILE=; hard limit now {process.DescriptorHardLimit?.ToString("N0") ?? "unknown"})", "a leak takes longer to be noticed")
                {
                    Command = $"prlimit --pid {process.Process.Pid} --nofile={Math.Min(limit * 2, process.DescriptorHardLimit ?? (limit * 2))}:",
                    Undo = $"prlimit --pid {process.Process.Pid} --nofile={limit}:",
                },
            ],
            Avoid =
            [
                new("/etc/security/limits.conf", "services of systemd do not read it; it is for logins"),
                new("raising fs.file-max", "EMFILE is the limit of the process, not of the host"),
            ],
        };
    }

    private static List<Fact> Evidence(CaseFile facts, ProcessFacts process, Holdings held)
    {
        long open = process.Descriptors ?? 0;
        List<Fact> evidence = [new($"{open:N0} descriptors open, limit {process.DescriptorLimit:N0}", "/proc/PID/fd, /proc/PID/limits") { Value = open }];
        if (process.DescriptorsBefore is { } before && facts.HasTwoSamples)
        {
            evidence.Add(new($"{open - before:+#,0;-#,0;+0} in {facts.Seconds:0.0} s", "/proc/PID/fd, two samples") { Value = open - before, PerSecond = (open - before) / facts.Seconds });
        }

        evidence.Add(new($"TCP sockets of it: {held}{(process.ClosedSockets is > 0 and var closed ? $", and {closed:N0} that are closed for good" : "")}", "sock_diag") { Value = held.Sockets });
        if (held.Unaccepted > 0)
        {
            evidence.Add(new($"{Words.Of(held.Unaccepted, "connection")} wait at its listeners and cannot be accepted", "sock_diag, Recv-Q of its listeners") { Value = held.Unaccepted });
        }

        return evidence;
    }

    /// <summary>TCP sockets of one process by state: what is many is what leaks.</summary>
    private sealed class Holdings
    {
        private readonly Tally<TcpState> _states = new();

        public long Sockets => _states.Total;

        public List<Endpoint> Listeners { get; } = [];

        public long Unaccepted { get; private set; }

        public static Holdings Of(CaseFile facts, ProcessRef process)
        {
            Holdings held = new();
            foreach (ref readonly SocketRecord socket in facts.Sockets)
            {
                if (socket.Process?.Pid == process.Pid)
                {
                    held.Add(in socket);
                }
            }

            return held;
        }

        /// <summary>"12 ESTABLISHED, 980 CLOSE_WAIT"</summary>
        public override string ToString() => Sockets == 0 ? "none" : string.Join(", ", _states.Largest(4).Select(static pair => $"{pair.Value:N0} {pair.Key.Name(StateSpelling.Netstat)}"));

        private void Add(in SocketRecord socket)
        {
            _states.Add(socket.Entry.State);
            if (socket.Entry.State == TcpState.Listen)
            {
                Listeners.Add(socket.Entry.Local);
                Unaccepted += socket.Entry.ReceiveQueue;
            }
        }
    }
}
