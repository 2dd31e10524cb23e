namespace TcpLens.Diagnosis;

/// <summary>Local ports: which are handed out, and to whom.</summary>
internal static class PortSysctls
{
    public static readonly SysctlPage[] Pages =
    [
        new("net.ipv4.ip_local_port_range", "32768 60999", "1 to 65535, first and last", "2.2", "Ports that connect() and bind() to port 0 choose from. Their number limits the connections from one source address to one destination and port.")
        {
            Unit = "ports",
            Raising = "More connections to one destination. Begin above the ports of services, or reserve those.",
            Lowering = "connect() fails with EADDRNOTAVAIL earlier; no counter shows it.",
            Risk = "medium: an outgoing connection can take the port of a service, and then the service cannot start",
            Myths = ["A range from 1024 or 10000 without ip_local_reserved_ports breaks services one day.", "There is no limit of 65535 connections for a host: the limit is for each source, destination and destination port."],
            Conditions = ["ephemeral-port-exhaustion", "ephemeral-listener-overlap"],
            Rule = SysctlRules.PortRange,
        },
        new("net.ipv4.ip_local_reserved_ports", "", "a list: 8080,9148-9150", "2.6.35", "Ports that are never chosen automatically. A program that asks for one by number still gets it.")
        {
            Unit = "ports",
            Raising = "List here every listening port that lies inside the range.",
            Conditions = ["ephemeral-listener-overlap", "port-conflict", "ephemeral-port-exhaustion"],
        },
        new("net.ipv4.ip_local_port_step_width", "0", "0 and more", "after 6.18", "Random steps when a port is sought, so that the ports in use do not clump.")
        {
            OnlyWhere = "Linux is newer than 6.18",
            Conditions = ["ephemeral-port-exhaustion"],
        },
        new("net.ipv4.ip_autobind_reuse", "0", "0 or 1", "5.7", "1: bind() to port 0 may give out a port that others with SO_REUSEADDR have too.")
        {
            Risk = "medium: some programs take a port from bind() to be theirs alone",
            Myths = ["Programs that bind a source address should set IP_BIND_ADDRESS_NO_PORT; then this is not needed."],
            Conditions = ["ephemeral-port-exhaustion"],
        },
        new("net.ipv4.ip_unprivileged_port_start", "1024", "0 to the first port of ip_local_port_range", "4.11", "The first port that needs no CAP_NET_BIND_SERVICE; below it, bind() fails with EACCES.")
        {
            Unit = "port",
            Lowering = "Any user can take the port of a service that is down.",
            Risk = "medium on hosts with users",
            Conditions = ["port-conflict"],
        },
        new("net.ipv4.ip_nonlocal_bind", "0", "0 or 1", "2.4", "1: bind() takes addresses that this host does not have (yet): floating addresses, transparent proxies.")
        {
            Risk = "low: a wrong address is then noticed by silence, not by EADDRNOTAVAIL",
            Conditions = ["port-conflict"],
        },
    ];
}
