using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A service that is meant for its own machine listens where others reach it. Web, mail and shell servers do so rightly and are passed
/// over; a database that asks for a password is a matter of where the machine stands; one that asks nobody is not.
/// </summary>
internal sealed class ExposedListener : Condition
{
    private const ushort FirstHighPort = 1024;
    private const int NamedMax = 5;

    public override ConditionInfo Info { get; } = new(
        "exposed-listener",
        "A service is reachable from outside",
        "strangers can try to use it: no fault yet, an open door");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        List<(ListenerCase Listener, AddressReach Reach)> others = [];
        HashSet<(ushort, string)> said = [];
        foreach (ListenerCase listener in facts.Listeners)
        {
            AddressReach? reach = ReachOf(facts, listener.Local.Address);
            if (LocalService.At(listener.Local.Port) is { } service)
            {
                if (Judge(listener.Local.Address, reach, service) is { } severity && said.Add((listener.Local.Port, CaseFile.NameOf(listener.Socket.Process))))
                {
                    verdict.Add(FindService(facts, listener, service, severity, reach));
                }
            }
            else if (reach == AddressReach.Public && listener.Local.Port >= FirstHighPort && !IsUsuallyPublic(listener.Local.Port))
            {
                others.Add((listener, reach.Value));
            }
        }

        if (others.Count > 0)
        {
            verdict.Add(FindOthers(facts, [.. others.Select(static other => other.Listener)]));
        }
    }

    /// <summary>The widest reach of the addresses it listens on; null for a wildcard where the machine's addresses are not known.</summary>
    private static AddressReach? ReachOf(CaseFile facts, HostAddress address)
    {
        if (!address.IsUnspecified)
        {
            return AddressReaches.Of(address);
        }

        AddressReach? widest = null;
        foreach (HostAddress own in facts.Seen.Interfaces.SelectMany(static device => device.Addresses))
        {
            AddressReach reach = own.IsLoopback || (address == HostAddress.AnyV4 && !own.IsV4Mapped) ? AddressReach.Machine : AddressReaches.Of(own);
            widest = widest is null || reach > widest ? reach : widest;
        }

        return widest;
    }

    /// <summary>
    /// A private address that was named is a decision; a wildcard is most often an oversight, and grave where nobody is asked who he is.
    /// </summary>
    private static Severity? Judge(HostAddress address, AddressReach? reach, LocalService service) => reach switch
    {
        AddressReach.Machine or AddressReach.Link => null,
        AddressReach.Public => Severity.Warning,
        AddressReach.Private when !address.IsUnspecified => Severity.Info,
        _ => service.AsksWhoYouAre ? Severity.Notice : Severity.Warning,
    };

    private static bool IsUsuallyPublic(ushort port) => port is 1194 or 3478 or 5222 or 5269 or 5349 or 6697 or 8000 or 8080 or 8443 or 8883 or 51820;

    private Finding FindService(CaseFile facts, ListenerCase listener, LocalService service, Severity severity, AddressReach? reach) => new()
    {
        Condition = Info,
        Subject = listener.Local.ToString(),
        Severity = severity,
        Reason = $"{service.Name} {(service.AsksWhoYouAre ? "asks for a password" : "serves anybody who can connect, as it comes")}, and {Where(listener.Local.Address, reach)}",
        Summary = $"{CaseFile.NameOf(listener.Socket.Process)} listens on {listener.Local}, the port of {service.Name}, {Where(listener.Local.Address, reach)}",
        Evidence = Evidence(facts, listener),
        Culprits = Culprits(facts, [listener]),
        Remedies = Remedies(listener),
        Avoid = [new("moving it to another port", "scanners find it in minutes; who may connect is what counts")],
        Confidence = Confidence.Likely,
        ConfirmBy = $"from another machine: nc -vz ADDRESS {listener.Local.Port}; firewall rules were not looked at",
    };

    private Finding FindOthers(CaseFile facts, List<ListenerCase> listeners) => new()
    {
        Condition = Info,
        Severity = Severity.Notice,
        Reason = "the machine has a public address, and these ports are no usual public services",
        Summary = $"{Words.Of(listeners.Count, "listener")} on high ports can be reached at a public address: {string.Join(", ", listeners.Take(NamedMax).Select(static listener => listener.Local))}{(listeners.Count > NamedMax ? ", …" : "")}",
        Evidence = [.. listeners.Take(NamedMax).SelectMany(listener => Evidence(facts, listener))],
        Culprits = Culprits(facts, [.. listeners.Take(NamedMax)]),
        Remedies = Remedies(listeners[0]),
        Confidence = Confidence.Likely,
        ConfirmBy = "from another machine: nc -vz ADDRESS PORT; firewall rules were not looked at",
    };

    private static string Where(HostAddress address, AddressReach? reach) => (address.IsUnspecified, reach) switch
    {
        (true, AddressReach.Public) => "on every address, a public one among them",
        (true, AddressReach.Private) => "on every address, private ones only",
        (true, _) => "on every address",
        (false, AddressReach.Public) => "on a public address",
        _ => "on a private address that was named",
    };

    private static List<Fact> Evidence(CaseFile facts, ListenerCase listener)
    {
        SocketEntry entry = listener.Socket.Entry;
        bool takesBoth = entry.Family == IpFamily.V6 && !entry.IsV6Only && listener.Local.Address.IsUnspecified;
        List<Fact> evidence = [new($"{listener.Local} ({CaseFile.NameOf(listener.Socket.Process)}, user id {entry.UserId}){(takesBoth ? " takes IPv4 as well" : "")}{(entry.Interface > 0 ? $", bound to interface {entry.Interface}" : "")}", "sock_diag, LISTEN")];
        string[] addresses = [.. facts.Seen.Interfaces.SelectMany(static device => device.Addresses).Where(static own => AddressReaches.Of(own) > AddressReach.Link).Take(NamedMax).Select(static own => $"{own} ({(AddressReaches.Of(own) == AddressReach.Public ? "public" : "private")})")];
        if (listener.Local.Address.IsUnspecified && addresses.Length > 0)
        {
            evidence.Add(new($"this machine has {string.Join(", ", addresses)}", "addresses of interfaces"));
        }

        return evidence;
    }

    private static List<Culprit> Culprits(CaseFile facts, List<ListenerCase> listeners)
    {
        List<Culprit> culprits = [];
        foreach (ListenerCase listener in listeners)
        {
            culprits.Add(new Culprit(CulpritKind.Listener, listener.Local.ToString()));
            if (listener.Socket.Process is { } process && culprits.TrueForAll(culprit => culprit.Name != CaseFile.NameOf(process)))
            {
                culprits.Add(facts.CulpritOf(process));
            }
        }

        return culprits;
    }

    private static List<Remedy> Remedies(ListenerCase listener)
    {
        Remedy bind = listener.Socket.Process?.Command.StartsWith("docker-proxy", StringComparison.Ordinal) == true
            ? new(RemedyKind.Application, $"publish the port on loopback only: docker run -p 127.0.0.1:{listener.Local.Port}:…", "clients of other machines no longer reach it")
            : new(RemedyKind.Application, "let it listen on 127.0.0.1 and ::1, on a Unix socket, or on the one address its clients use", "clients at other addresses no longer reach it");
        return
        [
            bind,
            new(RemedyKind.Network, "let the firewall admit only those who need it", "a rule that is too narrow cuts clients"),
            new(RemedyKind.Application, "switch authentication and TLS on where it must be reachable", "clients need credentials"),
        ];
    }
}
