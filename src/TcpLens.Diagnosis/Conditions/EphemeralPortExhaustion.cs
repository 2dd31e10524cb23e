using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// connect() finds no local port for a destination, or soon will (inet_hashtables.c, __inet_hash_connect). The limit holds for each
/// source address, destination address and port. No counter moves when it fails, so it is foretold: ports in use, their growth
/// between the samples, and the seconds that are left.
/// </summary>
internal sealed class EphemeralPortExhaustion : Condition
{
    public const double Noticed = 0.6;
    public const double Warned = 0.8;
    public const double Exhausted = 0.95;

    /// <summary>Below it a growth is the beginning of something that levels off when the first TIME_WAITs end.</summary>
    private const double ForecastMin = 0.2;

    private const int WidePorts = 40_000;
    private const string WideRange = "15000 64999";
    private const string Range = "net.ipv4.ip_local_port_range";
    private const string Reserved = "net.ipv4.ip_local_reserved_ports";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public override ConditionInfo Info { get; } = new(
        "ephemeral-port-exhaustion",
        "Local ports towards a destination run out",
        "connect() to that destination fails at once with EADDRNOTAVAIL")
    {
        ExplainedBy = ["close-wait-leak", "time-wait-volume"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Ports is not { } ports)
        {
            verdict.CannotCheck($"local ports: {Range} is unknown");
            return;
        }

        foreach (DestinationPorts its in DestinationPorts.Busy(facts, ports, ForecastMin))
        {
            TimeSpan? left = Left(facts, its, ports.Usable);
            if (Judge(its, ports.Usable, left) is { Severity: >= Severity.Notice } judged)
            {
                verdict.Add(Find(facts, its, ports, left, judged.Severity, judged.Reason));
            }
        }

        if (BoundPorts.Look(facts, ports) is { } bound)
        {
            verdict.Add(bound.Find(Info, facts));
        }
    }

    /// <summary>Until the last port is taken, if it goes on like this; null when it does not grow.</summary>
    private static TimeSpan? Left(CaseFile facts, DestinationPorts its, int usable)
        => facts.HasTwoSamples && its.Grown > 0 ? TimeSpan.FromSeconds(Math.Max(0, usable - its.Blocked) * facts.Seconds / its.Grown) : null;

    private static (Severity Severity, string Reason) Judge(DestinationPorts its, int usable, TimeSpan? left)
    {
        double share = (double)its.Blocked / Math.Max(1, usable);
        string taken = $"{share:P0} of {usable:N0} ports";
        return share switch
        {
            >= Exhausted => (Severity.Critical, $"{taken}; critical from 95 %"),
            >= ForecastMin when left < Soon => (Severity.Critical, $"{taken}, and at this growth the last is taken in {Words.Age(left.Value)}; critical below 60 s"),
            >= Warned => (Severity.Warning, $"{taken}; a warning from 80 %"),
            >= Noticed => (Severity.Notice, $"{taken}; a notice from 60 %"),
            _ => (Severity.Ok, ""),
        };
    }

    private Finding Find(CaseFile facts, DestinationPorts its, PortUseTable ports, TimeSpan? left, Severity severity, string reason)
    {
        string destination = its.Use.Destination.ToString();
        int reusable = its.Use.Used - its.Blocked;
        double perSecond = ports.Usable / (its.IsReused ? 1.0 : 60.0);
        return new Finding
        {
            Condition = Info,
            Subject = destination,
            Severity = severity,
            Reason = reason,
            Summary = $"connections from {its.Use.Source} to {destination} hold {its.Blocked:N0} of {ports.Usable:N0} local ports{(left is { } time ? $"; at this growth the last is taken in {Words.Age(time)}" : "")}",
            Evidence =
            [
                new($"ports towards {destination}: {its[TcpState.Established]:N0} ESTABLISHED, {its[TcpState.TimeWait]:N0} TIME_WAIT, {its[TcpState.CloseWait]:N0} CLOSE_WAIT, {its[TcpState.SynSent]:N0} SYN_SENT, {Others(its):N0} other{(reusable > 0 ? $"; {reusable:N0} in TIME_WAIT may be taken over" : "")}", "sock_diag") { Value = its.Blocked },
                new($"{its.Grown:+#,0;-#,0;+0} in {facts.Seconds:0.0} s{(left is { } until ? $", {Words.Age(until)} to the last port" : "")}", "sock_diag, two samples") { Value = its.Grown, PerSecond = facts.HasTwoSamples ? its.Grown / facts.Seconds : null },
                Arithmetic(facts, ports),
                new($"at most {perSecond:N0} new connections a second to this destination where this side closes first: a port is {(its.IsReused ? "free again after about a second" : "kept for 60 s")}", $"{Range}, net.ipv4.tcp_tw_reuse") { Value = perSecond },
            ],
            Culprits =
            [
                new Culprit(CulpritKind.Destination, destination, $"{its.Blocked:N0} ports from {its.Use.Source}"),
                .. its.Processes.Largest().Select(each => facts.CulpritOf(each.Key, Words.Of(each.Value, "port"))),
                new Culprit(CulpritKind.Remote, its.Use.Destination.Address.ToString()),
            ],
            Remedies = [.. Remedies(facts, its, ports)],
            Avoid =
            [
                CommonMyths.TwRecycle,
                CommonMyths.FinTimeoutForTimeWait,
                new("\"a host has 65,535 connections\"", "ports count for each source, destination address and port: a second address or port at the destination doubles them"),
            ],
            ExplainedBy = its.Mostly switch
            {
                TcpState.TimeWait => ["time-wait-volume"],
                TcpState.CloseWait => ["close-wait-leak"],
                TcpState.SynSent => ["syn-sent-pileup"],
                TcpState.FinWait2 => ["fin-wait2-pileup"],
                _ => [],
            },
        };
    }

    private static int Others(DestinationPorts its)
        => its.Use.Used - its[TcpState.Established] - its[TcpState.TimeWait] - its[TcpState.CloseWait] - its[TcpState.SynSent];

    private static Fact Arithmetic(CaseFile facts, PortUseTable ports)
    {
        EphemeralPorts all = facts.Settings.EphemeralPorts()!;
        return new($"{all.Range.Count:N0} ports from {all.Range}, {all.Range.Count - all.Usable:N0} of them reserved or left out, {all.Usable - ports.Usable:N0} bound or listening: {ports.Usable:N0} for connect()", $"{Range}, {Reserved}, sock_diag") { Value = ports.Usable };
    }

    private static IEnumerable<Remedy> Remedies(CaseFile facts, DestinationPorts its, PortUseTable ports)
    {
        yield return new(RemedyKind.Application, "keep connections and use them again: a pool, HTTP keep-alive, one HttpClient for the whole program", "idle connections need a time limit");
        yield return new(RemedyKind.Application, "give the destination more addresses or ports, or this side more source addresses (bind with IP_BIND_ADDRESS_NO_PORT): each pair has ports of its own", "none");
        foreach (Remedy remedy in Widened(facts))
        {
            yield return remedy;
        }

        if (its[TcpState.TimeWait] * 2 > its.Use.Used && !its.IsReused)
        {
            foreach (Remedy remedy in SettingRemedy.Of(facts, "net.ipv4.tcp_tw_reuse", "1", "let connect() take over ports that have been in TIME_WAIT for a second", "safe where both sides use timestamps; try it first behind NAT and stateful firewalls"))
            {
                yield return remedy;
            }
        }
    }

    /// <summary>A wider range reaches into the ports of services, so those that listen there are reserved in the same step.</summary>
    private static IEnumerable<Remedy> Widened(CaseFile facts)
    {
        PortRange wide = PortRange.Parse(WideRange)!.Value;
        if (facts.Settings[Range] is not { } range || PortRange.Parse(range) is not { Count: < WidePorts })
        {
            yield break;
        }

        string reserved = facts.Settings[Reserved] ?? "";
        IEnumerable<string> listening = facts.Listeners.Select(static listener => listener.Local.Port).Where(wide.Contains)
            .Distinct().Order().Take(50).Select(static port => port.ToString(CultureInfo.InvariantCulture));
        string kept = string.Join(',', (reserved.Length > 0 ? [reserved] : Array.Empty<string>()).Concat(listening));
        yield return new(RemedyKind.Setting, "widen the range, and reserve the ports of services inside it", "a service in the range that does not run now may find its port taken: add it to the list")
        {
            Settings = [new SettingChange(Range, WideRange), .. kept == reserved ? Array.Empty<SettingChange>() : [new SettingChange(Reserved, kept)]],
            Undo = $"{Range} = {SysctlCatalog.Normal(range)}{(kept == reserved ? "" : $", {Reserved} = {(reserved.Length > 0 ? reserved : "(empty)")}")}",
        };
    }
}
