using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests;

/// <summary>Runs a test's code on a thread of its own, which may leave the test's network namespace or its user behind.</summary>
internal static class OwnThread
{
    private const int CloneNewNet = 0x40000000;
    private const int Nobody = 65534;

    /// <summary>In a new network namespace with loopback up; gone with the last socket in it.</summary>
    public static void InNewNamespace(Action<uint> action) => Run(() =>
    {
        Assert.Equal(0, unshare(CloneNewNet));
        using HelperProcess ip = HelperProcess.Start(Array.Find(["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"], File.Exists)!, ["link", "set", "lo", "up"]);
        Assert.Equal(0, ip.Read(new byte[1], TimeSpan.FromSeconds(20)));
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText("/proc/thread-self/net/if_inet6").Contains("lo"), TimeSpan.FromSeconds(20)));
        action(new ProcFs().NamespaceOfThisThread);
    });

    /// <summary>As a user without any privilege: credentials belong to a thread, as far as the kernel is concerned.</summary>
    public static void AsNobody(Action action) => Run(() =>
    {
        int setresuid = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147;
        Assert.Equal(0, syscall(setresuid, Nobody, Nobody, Nobody));
        action();
    });

    private static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nint first, nint second, nint third);
}
