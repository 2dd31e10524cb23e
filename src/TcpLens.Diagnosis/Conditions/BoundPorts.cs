using System.Collections;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// Programs that bind before they connect: bind() without a port takes one from all destinations at once, and fails with EADDRINUSE
/// when all are taken, however few connections any single destination has. What gives them away is the parity of their ports:
/// connect() takes those at an even distance from the start of the range, and turns to the others only when they are used up for its
/// destination; bind() begins with the others (net/ipv4/inet_hashtables.c; inet_connection_sock.c, inet_csk_find_open_port).
/// </summary>
internal sealed class BoundPorts
{
    /// <summary>Below it no destination has used up its even ports, and connect() chose no odd one.</summary>
    private const double HalfUsed = 0.5;

    private readonly BitArray _taken = new(65536);
    private readonly Tally<ProcessRef> _processes = new(ByPid.Comparer);
    private readonly ushort _first;
    private readonly int _usable;

    private BoundPorts(ushort first, int usable) => (_first, _usable) = (first, usable);

    private int Taken { get; set; }

    private int Odd { get; set; }

    private double Share => (double)Taken / _usable;

    /// <summary>Null when ports are plenty, or when the connections of one destination explain their use.</summary>
    public static BoundPorts? Look(CaseFile facts, PortUseTable ports)
    {
        if (ports.Usable <= 0 || (ports.Busiest(1) is [var first] && first.Used >= HalfUsed * ports.Usable))
        {
            return null;
        }

        BoundPorts bound = new(facts.Settings.EphemeralPorts()!.Range.First, ports.Usable);
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (ports.IsUse(socket.Entry))
            {
                bound.Add(in socket);
            }
        }

        return bound.Share >= EphemeralPortExhaustion.Noticed ? bound : null;
    }

    public Finding Find(ConditionInfo condition, CaseFile facts) => new()
    {
        Condition = condition,
        Subject = "bind-before-connect",
        Severity = Share switch
        {
            >= EphemeralPortExhaustion.Exhausted => Severity.Critical,
            >= EphemeralPortExhaustion.Warned => Severity.Warning,
            _ => Severity.Notice,
        },
        Reason = $"{Share:P0} of {_usable:N0} ports are in use by some socket, whatever its destination; a notice from 60 %, critical from 95 %",
        Summary = $"programs bind before they connect: {Taken:N0} of {_usable:N0} local ports are taken for all destinations, and bind() without a port will fail with EADDRINUSE",
        Evidence =
        [
            new($"{Taken:N0} different local ports in use, though no destination has half of them", "sock_diag") { Value = Taken },
            new($"{Odd:N0} of them at an odd distance from {_first}, which connect() takes only when the even ones are used up, and bind() first", "sock_diag, net.ipv4.ip_local_port_range") { Value = Odd },
            facts.SettingFact("net.ipv4.ip_local_port_range"),
        ],
        Culprits = [.. _processes.Largest().Select(each => facts.CulpritOf(each.Key, Words.Of(each.Value, "odd port")))],
        Remedies =
        [
            new(RemedyKind.Application, "set IP_BIND_ADDRESS_NO_PORT before bind() to a source address: connect() then chooses the port, and shares it among destinations", "none (Linux 4.2 and later)"),
            new(RemedyKind.Application, "do not bind where any source address will do", "none"),
        ],
        Avoid = [new("widening net.ipv4.ip_local_port_range alone", "every connection still takes its port from all destinations")],
        Confidence = Confidence.Likely,
        ConfirmBy = "strace -fe trace=bind,connect on the program: a bind() to port 0 before each connect()",
        ExplainedBy = [],
    };

    private void Add(in SocketRecord socket)
    {
        ushort port = socket.Entry.Local.Port;
        bool isOdd = ((port - _first) & 1) != 0;
        if (!_taken[port])
        {
            _taken[port] = true;
            Taken++;
            Odd += isOdd ? 1 : 0;
        }

        if (isOdd && socket.Process is { } process)
        {
            _processes.Add(process);
        }
    }
}
