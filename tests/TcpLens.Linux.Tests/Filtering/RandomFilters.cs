using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>Filters of every shape over given ports, addresses and so on, so that they match some sockets and not others.</summary>
internal static class RandomFilters
{
    /// <summary>Terms the kernel understands, on its own or with the state mask.</summary>
    public static string[] KernelTerms(IEnumerable<ushort> ports, IEnumerable<string> addresses, IEnumerable<ulong> cgroups) =>
    [
        .. ports.SelectMany(port => new[]
        {
            $"sport {port}", $"dport {port}", $"port {port}", $"sport <= {port}", $"dport >= {port}", $"sport {Math.Max(0, port - 1)}-{port},1",
            $"dport != {port}",
        }),
        .. addresses.SelectMany(address => new[] { $"src {address}", $"dst {address}", $"addr {address}", $"src != {address}" }),
        .. cgroups.Select(id => $"cgroup {id}"),
        "src 127/8", "dst 127.0.0.2/31", "src ::/0", "dst ::/127", "src 0.0.0.0/0", "src ::ffff:0:0/96", "family v4", "family v6", "sport *",
        "dev 0", "dev 1", "fwmark 5", "fwmark 1/1", "fwmark 0/4", "autobound", "state all", "exclude all",
    ];

    /// <summary>Terms about the state, which the kernel understands when they stand for all that is asked.</summary>
    public static readonly string[] StateTerms =
    [
        "state established", "state listening", "state time-wait", "state bucket", "state connected", "exclude established", "state syn-sent,close-wait",
    ];

    /// <summary>Terms only this program understands.</summary>
    public static readonly string[] OwnTerms =
        ["recvq > 0", "inode 0", "uid 0", "kind full", "kind request", "timer off", "unaccepted", "orphan", "process nobody", "rtt > 0"];

    public static Gen<string> Of(params string[][] terms) => Of(4, Gen.Elements(terms.SelectMany(group => group)));

    private static Gen<string> Of(int depth, Gen<string> term)
    {
        if (depth == 0)
        {
            return term;
        }

        Gen<string> inner = Of(depth - 1, term);
        return Gen.OneOf(
            term,
            inner.Select(one => $"not ({one})"),
            inner.SelectMany(one => inner.Select(other => $"({one}) and ({other})")),
            inner.SelectMany(one => inner.Select(other => $"({one}) or ({other})")));
    }
}
