namespace TcpLens.Testing;

/// <summary>One counter of a namespace as the text of /proc/net/snmp and /proc/net/netstat has it.</summary>
public static class KernelCounter
{
    /// <param name="ns">Where.</param>
    /// <param name="group">The word before the colon: Tcp, TcpExt, IpExt.</param>
    /// <param name="name">The kernel's name: RetransSegs.</param>
    public static long Read(TestNamespace ns, string group, string name)
    {
        ArgumentNullException.ThrowIfNull(ns);
        string[][] rows = ns.Run(() => (string[])[.. File.ReadAllLines("/proc/thread-self/net/snmp"), .. File.ReadAllLines("/proc/thread-self/net/netstat")])
            .Where(line => line.StartsWith(group + ":", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToArray();
        int place = Array.IndexOf(rows[0], name);
        return place > 0 ? long.Parse(rows[1][place]) : throw new ArgumentException($"this kernel has no counter {group}.{name}", nameof(name));
    }
}
