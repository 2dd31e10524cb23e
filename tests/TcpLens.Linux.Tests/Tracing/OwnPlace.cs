using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>
/// Tracepoints are the whole machine's, and others may be busy on it: addresses and ports that only this process uses tell its sockets
/// from theirs, and keep theirs out of the rings.
/// </summary>
internal static class OwnPlace
{
    public static readonly IPAddress Address = new([127, (byte)(64 | (Environment.ProcessId >> 16)), (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]);

    /// <summary>Has to be given to a namespace first (<see cref="NewNamespace"/>).</summary>
    public static readonly IPAddress AddressV6 = IPAddress.Parse($"fd74:6370::{Environment.ProcessId & 0xffff:x}");

    /// <summary>A port that nothing gets unless it asks for it.</summary>
    public static readonly int Port = First + 99;

    public static readonly IPEndPoint AnyPort = new(Address, 0);

    /// <summary>Passes what has a peer here.</summary>
    public static readonly string Filter = $"dport >= :{First} and dport <= :{Port}";

    private static int First => 10_000 + (Environment.ProcessId % 200 * 100);   // Below those that kernels choose by themselves.

    /// <summary>A namespace whose sockets get ports of ours.</summary>
    public static TestNamespace NewNamespace()
    {
        TestNamespace ns = new();
        ns.SetSysctl("net.ipv4.ip_local_port_range", $"{First} {First + 89}");
        ns.Execute("ip", "address", "add", $"{AddressV6}/128", "dev", "lo", "nodad").EnsureSuccess();
        return ns;
    }

    public static bool IsOwn(in TraceRecord record)
    {
        HostAddress own = HostAddress.From(Address), ownV6 = HostAddress.From(AddressV6);
        (HostAddress local, HostAddress remote) = (record.Local.Address, record.Remote.Address);
        return local == own || remote == own || local == ownV6 || remote == ownV6 || (local == default && remote == default);
    }
}
