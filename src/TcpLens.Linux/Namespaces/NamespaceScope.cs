using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Runs work inside a network namespace. The thread that enters one never comes back to the pool, so no other code can find itself
/// elsewhere than it thinks. A socket opened inside stays there for life and may be used from any thread afterwards;
/// /proc/thread-self/net and /proc/sys/net are the namespace's own while the work runs.
/// <code>
/// SocketDiag diag = NamespaceScope.Run(blue, () => SocketDiag.Open());
/// </code>
/// </summary>
public static class NamespaceScope
{
    /// <summary>Runs <paramref name="work"/> there and returns what it returned; what it throws is thrown here.</summary>
    /// <exception cref="SystemCallException">The namespace is gone, or may not be entered.</exception>
    public static T Run<T>(NetworkNamespace place, Func<T> work)
    {
        if (NamespaceFinder.OwnNamespace() == place.Inode)
        {
            return work();
        }

        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(place);
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = $"netns {place.Inode.ToString(CultureInfo.InvariantCulture)}",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    public static void Run(NetworkNamespace place, Action work) => Run(place, () =>
    {
        work();
        return true;
    });

    private static unsafe void Enter(NetworkNamespace place)
    {
        string tried = $"enter network namespace {place.DisplayName} (net:[{place.Inode}])";
        if (place.Path is null)
        {
            throw new SystemCallException(tried, Libc.EACCES, "no file stands for it that may be opened: run with sudo");
        }

        int fd;
        fixed (byte* path = SmallFile.Path(place.Path))
        {
            fd = Libc.open(path);
        }

        if (fd < 0)
        {
            throw Failure(tried, Marshal.GetLastPInvokeError());
        }

        try
        {
            // A pid may have been given to another process, a name to another namespace, since it was found.
            if (InodeOf(fd) != place.Inode)
            {
                throw Failure(tried, Libc.ENOENT);
            }

            if (Libc.setns(fd, Libc.CLONE_NEWNET) != 0)
            {
                throw Failure(tried, Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static unsafe ulong InodeOf(int fd)
    {
        Libc.FileIdentity status;
        byte empty = 0;
        return Libc.statx(fd, &empty, Libc.AT_EMPTY_PATH, Libc.STATX_INO, &status) == 0 ? status.stx_ino : 0;
    }

    private static SystemCallException Failure(string tried, int errno) => new(tried, errno, errno switch
    {
        Libc.EPERM or Libc.EACCES => "that needs cap_sys_admin (and cap_sys_ptrace for another user's process): run with sudo",
        Libc.ENOENT or Libc.ESRCH => "it is gone since it was found; look again",
        _ => "",
    });
}
