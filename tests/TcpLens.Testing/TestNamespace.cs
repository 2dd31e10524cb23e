using System.ComponentModel;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Testing;

/// <summary>
/// A network namespace of the test's own, with loopback up: sockets, firewall rules and sysctls made inside reach nothing else.
/// It has a name under /run/netns, so that <c>ip netns</c> and <c>--netns NAME</c> find it. Needs root.
/// </summary>
/// <example><code>
/// using var ns = new TestNamespace();
/// Socket listener = ns.Run(() => Listen());     // a socket belongs to the namespace it was made in, for life
/// CommandResult ss = ns.Execute("ss", "-tanH"); // a command started inside
/// </code></example>
public sealed class TestNamespace : IDisposable
{
    private const string Folder = "/run/netns";
    private const string Prefix = "tcplens-test-";

    private static readonly Lock Creation = new();
    private static int _created;

    private readonly SafeFileHandle _handle;

    public TestNamespace()
    {
        lock (Creation)
        {
            RemoveLeftovers();
            Name = $"{Prefix}{Environment.ProcessId}-{++_created}";
            CommandRun.Run("ip", "netns", "add", Name).EnsureSuccess();
        }

        try
        {
            _handle = File.OpenHandle(Path);
            Execute("ip", "link", "set", "lo", "up").EnsureSuccess();
            Until.True(HasRouteToSelf, "::1 must become reachable (the kernel adds it in the background)");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    public string Path => $"{Folder}/{Name}";

    /// <summary>Runs on a thread of its own inside the namespace, and throws here what was thrown there.</summary>
    /// <remarks>/proc/self/net is the main thread's namespace: inside, read /proc/thread-self/net.</remarks>
    public T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public void Run(Action work) => Run<object?>(() =>
    {
        work();
        return null;
    });

    /// <summary>Runs a command inside and waits for its end; see <see cref="CommandRun"/> for deadlines, users and input.</summary>
    public CommandResult Execute(string command, params IReadOnlyList<string> arguments)
        => new CommandRun(command, arguments) { Namespace = this }.Execute();

    /// <param name="name">In sysctl's spelling: net.ipv4.tcp_fin_timeout.</param>
    /// <param name="value">As it would be written to the file under /proc/sys.</param>
    public void SetSysctl(string name, string value)
        => Run(() => File.WriteAllText($"/proc/sys/{name.Replace('.', '/')}", value));

    /// <summary>Loads nftables rules; they go with the namespace.</summary>
    public void LoadFirewall(string rules)
        => new CommandRun("nft", "-f", "-") { Namespace = this, Input = rules }.Execute().EnsureSuccess();

    /// <summary>From now on no TCP segment reaches this endpoint any more. What it sends itself still leaves.</summary>
    public void Deafen(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        bool isV4 = endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        LoadFirewall($$"""
            add table inet deaf
            add chain inet deaf input { type filter hook input priority 0; }
            add rule inet deaf input {{(isV4 ? "ip" : "ip6")}} daddr {{endpoint.Address}} tcp dport {{endpoint.Port}} drop
            """);
    }

    /// <summary>Takes the name away; the namespace itself ends when the last socket and process in it do.</summary>
    public void Dispose()
    {
        _handle?.Dispose();
        CommandRun.Run("ip", "netns", "delete", Name);
    }

    private bool HasRouteToSelf()
        => Run(() => File.ReadAllText("/proc/thread-self/net/ipv6_route")).Contains("00000000000000000000000000000001 80 ");

    private void Enter()
    {
        if (Libc.setns(_handle, Libc.CLONE_NEWNET) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"setns({Path}) failed; it needs CAP_SYS_ADMIN");
        }
    }

    /// <summary>Namespaces of test runs that were killed: their names hold the id of a process that is gone.</summary>
    private static void RemoveLeftovers()
    {
        if (_created > 0 || !Directory.Exists(Folder))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(Folder, Prefix + "*"))
        {
            string name = System.IO.Path.GetFileName(path);
            string owner = name[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}"))
            {
                CommandRun.Run("ip", "netns", "delete", name);
            }
        }
    }
}
