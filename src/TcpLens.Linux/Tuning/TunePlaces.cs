using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Remembers network namespaces, and finds them again.</summary>
internal static class TunePlaces
{
    /// <summary>This run of the machine; another one after a restart.</summary>
    public static string BootId => new SysctlReader().Read("kernel.random.boot_id") ?? "";

    /// <summary>What to remember of the calling thread's namespace.</summary>
    public static TunePlace Describe(NetworkNamespace place)
        => new(place.Inode, NamespaceCookie.Read(), place.DisplayName, place.IsHost, BootId);

    /// <summary>The namespace that was meant; null when it is gone, or cannot be seen from here.</summary>
    /// <exception cref="SystemCallException">It is there and may not be entered.</exception>
    public static NetworkNamespace? Find(TunePlace place)
    {
        bool isSameRun = place.BootId == BootId;
        if (isSameRun && place.Inode == NamespaceFinder.OwnNamespace() && place.Cookie == NamespaceCookie.Read())
        {
            return new NetworkNamespace(place.Inode) { IsOwn = true, IsHost = place.IsHost, Names = [place.Name] };
        }

        NamespaceSurvey survey = new NamespaceFinder().FindAll(deep: true);
        if (place.IsHost)
        {
            return survey.Found.FirstOrDefault(static found => found.IsHost)
                ?? throw new SystemCallException("find the host's network namespace", Libc.ENOENT, "it cannot be seen from here: run on the host");
        }

        return isSameRun && survey[place.Inode] is { } found && NamespaceScope.Run(found, NamespaceCookie.Read) == place.Cookie ? found : null;
    }
}
