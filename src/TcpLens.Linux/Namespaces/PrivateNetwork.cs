using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A network namespace without a name, for one piece of work on a thread of its own. Devices, sysctls and sockets that are made in it reach nothing else; when
/// the work is done and what was opened is closed, the kernel takes all of it away.
/// </summary>
public static class PrivateNetwork
{
    /// <summary>Runs <paramref name="work"/> there and returns what it returned; what it throws is thrown here. Needs CAP_SYS_ADMIN.</summary>
    /// <exception cref="SystemCallException">No namespace may be made.</exception>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Libc.unshare(Libc.CLONE_NEWNET) != 0)
                {
                    throw new SystemCallException("make a network namespace", Marshal.GetLastPInvokeError(), "that needs cap_sys_admin: run with sudo");
                }

                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "private network",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
