using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A service listens on a port that connect() may choose. While it is down an outgoing connection can take the port, and bind() then fails
/// whatever its options; a client that keeps trying a local port of the range can even connect to itself.
/// </summary>
internal sealed class EphemeralListenerOverlap : Condition
{
    private const string Range = "net.ipv4.ip_local_port_range";
    private const string Reserved = "net.ipv4.ip_local_reserved_ports";
    private const int NamedMax = 8;

    /// <summary>A port in a range this small is taken soon.</summary>
    private const int SmallRange = 15000;

    public override ConditionInfo Info { get; } = new(
        "ephemeral-listener-overlap",
        "A service port lies in the range for clients",
        "the service cannot restart when a client has taken its port; clients can connect to themselves");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.Local.Port == socket.Entry.Remote.Port && socket.Entry.Local == socket.Entry.Remote && socket.Entry.State is TcpState.Established or TcpState.CloseWait)
            {
                verdict.Add(FindSelfConnected(facts, in socket));
            }
        }

        if (facts.Settings.EphemeralPorts() is { } ports)
        {
            ExamineListeners(facts, verdict, ports);
        }
        else if (facts.Listeners.Count > 0)
        {
            verdict.CannotCheck($"which listeners are in the range for clients: {Range} is not known");
        }
    }

    /// <summary>A port that the kernel gave was free, and its holder asks for any: only ports that a program named matter.</summary>
    private void ExamineListeners(CaseFile facts, Verdict verdict, EphemeralPorts ports)
    {
        ListenerCase[] inside = [.. facts.Listeners.Where(listener => ports.CanChoose(listener.Local.Port) && listener.Socket.IsPortNamed != false)];
        if (inside.Length == 0)
        {
            return;
        }

        ushort[] own = [.. inside.Select(static listener => listener.Local.Port).Distinct().Order()];
        bool isSmall = ports.Usable < SmallRange;
        verdict.Add(new Finding
        {
            Condition = Info,
            Severity = isSmall ? Severity.Warning : Severity.Notice,
            Reason = isSmall ? $"the range has only {ports.Usable:N0} ports; a warning below {SmallRange:N0}" : $"the range has {ports.Usable:N0} ports, so a clash is rare; a warning below {SmallRange:N0}",
            Summary = $"{Words.Of(own.Length, "service port")} in the range for clients: {string.Join(", ", own.Take(NamedMax))}{(own.Length > NamedMax ? ", …" : "")}",
            Evidence =
            [
                facts.SettingFact(Range), facts.SettingFact(Reserved),
                .. inside.Take(NamedMax).Select(static listener => new Fact($"{CaseFile.NameOf(listener.Socket.Process)} listens on {listener.Local}", "sock_diag, LISTEN")),
            ],
            Culprits =
            [
                .. inside.Take(5).Select(static listener => new Culprit(CulpritKind.Listener, listener.Local.ToString())),
                .. inside.Select(static listener => listener.Socket.Process).OfType<ProcessRef>().Distinct(ByPid.Comparer).Take(5).Select(process => facts.CulpritOf(process)),
            ],
            Remedies = [Reserve(facts, own), Move(ports)],
            Avoid = [new($"widening {Range} without {Reserved}", "more service ports then lie in it, and SO_REUSEADDR does not help against an outgoing connection")],
        });
    }

    private Finding FindSelfConnected(CaseFile facts, in SocketRecord socket)
    {
        Endpoint end = socket.Entry.Local;
        string name = CaseFile.NameOf(socket.Process);
        return new Finding
        {
            Condition = Info,
            Subject = end.ToString(),
            Severity = Severity.Critical,
            Reason = "the client talks to itself, and the service cannot bind its port",
            Summary = $"{name} is connected to itself at {end}: nothing listened there, and connect() chose that very port",
            Evidence =
            [
                new($"{end} to {socket.Entry.Remote} is one socket, {socket.Entry.State.Name(StateSpelling.Netstat)}", "sock_diag") { Value = end.Port },
                facts.SettingFact(Range), facts.SettingFact(Reserved),
            ],
            Culprits = socket.Process is { } process ? [facts.CulpritOf(process), new Culprit(CulpritKind.Listener, end.ToString())] : [new Culprit(CulpritKind.Listener, end.ToString())],
            Remedies =
            [
                new(RemedyKind.Application, "close the connection when its two ends are the same (getsockname equals getpeername), and wait before trying again", "none"),
                new(RemedyKind.Command, "end it now, so that the service can start", "the client sees ECONNABORTED") { Command = $"tcplens kill sport = :{end.Port} and dport = :{end.Port}" },
                Reserve(facts, [end.Port]),
            ],
            Avoid = [new("SO_REUSEADDR in the service", "it does not help while an outgoing connection has the port")],
        };
    }

    private static Remedy Reserve(CaseFile facts, ushort[] ports)
    {
        string old = facts.Settings[Reserved] ?? "";
        string added = string.Join(',', ports);
        return new Remedy(RemedyKind.Setting, "keep connect() away from service ports; bind() to them is still allowed", "as many ports fewer for clients")
        {
            Settings = [new SettingChange(Reserved, old.Length == 0 ? added : $"{old},{added}")],
            Undo = old.Length == 0 ? $"{Reserved} = (empty, as before)" : $"{Reserved} = {old}",
        };
    }

    private static Remedy Move(EphemeralPorts ports)
        => new(RemedyKind.Application, $"or let the service listen outside {ports.Range.First} to {ports.Range.Last}", "its clients must learn the new port");
}
