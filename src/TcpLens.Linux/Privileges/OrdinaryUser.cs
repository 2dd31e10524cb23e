using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>An ordinary user that a process of root can become for good, when it has opened what only root may.</summary>
/// <param name="UserId">Never 0.</param>
/// <param name="GroupId">The only group it will be in.</param>
/// <param name="Name">For people; the number where passwd has no name.</param>
public sealed record OrdinaryUser(uint UserId, uint GroupId, string Name)
{
    private const uint Nobody = 65534;

    /// <summary>True when the process may become somebody else.</summary>
    public static bool IsRoot => Libc.geteuid() == 0;

    /// <summary>The user whom nothing belongs to.</summary>
    public static OrdinaryUser LeastOfAll(UserNames names)
    {
        uint user = names.IdOf("nobody") is > 0 and var known ? known : Nobody;
        return new(user, names.GroupOf(user) ?? Nobody, "nobody");
    }

    /// <summary>By name or number; null when there is none, or it is root.</summary>
    public static OrdinaryUser? Named(string text, UserNames names)
    {
        uint? id = names.IdOf(text) ?? (uint.TryParse(text, out uint number) ? number : null);
        return id is > 0 and var user ? new(user, names.GroupOf(user) ?? user, names.NameOf(user) ?? text) : null;
    }

    /// <summary>Whoever called sudo(8), by the variables that it sets; null when root itself did, or nobody.</summary>
    public static OrdinaryUser? WhoCalledSudo(Func<string, string?> environment, UserNames names)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return uint.TryParse(environment("SUDO_UID"), out uint user) && user != 0 && uint.TryParse(environment("SUDO_GID"), out uint group)
            ? new(user, group, names.NameOf(user) ?? environment("SUDO_USER") ?? $"{user}")
            : null;
    }

    /// <summary>True when this user may make files in the folder. Only root can ask.</summary>
    public bool MayMakeFilesIn(string folder)
    {
        _ = Libc.setfsgid(GroupId);
        _ = Libc.setfsuid(UserId);
        try
        {
            return Libc.faccessat(Libc.AT_FDCWD, folder, Libc.W_OK | Libc.X_OK, Libc.AT_EACCESS) == 0;
        }
        finally
        {
            _ = Libc.setfsuid(0);
            _ = Libc.setfsgid(0);
        }
    }

    /// <summary>Makes an open file this user's.</summary>
    /// <exception cref="SystemCallException">It is not ours to give.</exception>
    public void Own(SafeFileHandle file)
    {
        if (Libc.fchown(file, UserId, GroupId) != 0)
        {
            throw new SystemCallException($"give the file to user {Name}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>The process, with all its threads, becomes this user. No way leads back, and no capability is left.</summary>
    /// <exception cref="SystemCallException">The kernel refused; the process may be neither then, and should end.</exception>
    public unsafe void BecomeForGood()
    {
        if (Libc.setgroups(0, null) != 0 || Libc.setresgid(GroupId, GroupId, GroupId) != 0 || Libc.setresuid(UserId, UserId, UserId) != 0)
        {
            throw new SystemCallException($"become user {Name}", Marshal.GetLastPInvokeError(), "-Z root stays root");
        }
    }
}
