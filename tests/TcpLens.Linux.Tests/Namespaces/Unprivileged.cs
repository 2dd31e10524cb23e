using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests.Namespaces;

/// <summary>Runs work on a thread that gave up every capability for good; the rest of the process keeps its own.</summary>
internal static class Unprivileged
{
    /// <summary>_LINUX_CAPABILITY_VERSION_3 (linux/capability.h).</summary>
    private const uint Version3 = 0x20080522;

    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                CapHeader header = new() { version = Version3 };
                CapData none = default;
                Assert.Equal(0, capset(ref header, ref none));
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int capset(ref CapHeader header, ref CapData data);

    private struct CapHeader
    {
        public uint version;
        public int pid;
    }

    /// <summary>Effective, permitted and inheritable, twice: for capabilities below and above 32.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct CapData;
}
