using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>What a change would stand on: one namespace with its settings, the host's beside it, and the files that set the host's at boot.</summary>
internal sealed class TuneGround
{
    private static readonly SysctlFileSurvey NoFiles = new() { Sources = [], Patterns = [], BlindSpots = [] };

    public required NetworkNamespace Place { get; init; }

    /// <summary>The settings of the place, all of those that may be changed among them.</summary>
    public required HostSettings Here { get; init; }

    /// <summary>The host's; null when the place is the host's, or the host's cannot be seen.</summary>
    public HostSettings? Host { get; init; }

    /// <summary>Empty for namespaces other than the host's: no file sets those.</summary>
    public required SysctlFileSurvey Files { get; init; }

    /// <summary>Namespaces come and go, and have no boot at which a file could set them.</summary>
    public bool MayPersist => Place.IsHost;

    /// <summary>"the host's network namespace", "network namespace blue".</summary>
    public string PlaceName => NameOf(Place);

    public static TuneGround Read(Session session, string root)
    {
        if ("all".Equals(session.Netns, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException("--netns all: settings are of one network namespace; name one (tcplens netns lists them)");
        }

        NamespaceSurvey survey = new NamespaceFinder().FindAll();
        if (!survey.TrySelect(session.Netns ?? "self", out IReadOnlyList<NetworkNamespace> chosen, out string? failure))
        {
            throw new UsageException($"--netns {session.Netns ?? "self"}: {failure}");
        }

        NetworkNamespace place = chosen[0];
        NetworkNamespace? host = survey.Found.FirstOrDefault(static found => found.IsHost);
        DateTimeOffset now = session.Clock.GetUtcNow();
        return new TuneGround
        {
            Place = place,
            Here = NamespaceScope.Run(place, () => SettingsHere(now)),
            Host = host is null || place.IsHost ? null : HostSettingsSeen(host, now),
            Files = place.IsHost ? new SysctlFiles(root).Read() : NoFiles,
        };
    }

    public static string NameOf(NetworkNamespace place) => NameOf(place.DisplayName, place.IsHost);

    public static string NameOf(string name, bool isHost) => isHost ? "the host's network namespace" : $"network namespace {name}";

    /// <summary>Asked in the place: true when the setting may be written there.</summary>
    public bool IsWritable(string key) => NamespaceScope.Run(Place, () => new SysctlWriter().IsWritable(key));

    private static HostSettings SettingsHere(DateTimeOffset now)
    {
        SysctlReader reader = new();
        return new SettingsReader().Read(now).With(
            from key in reader.NetworkKeys()
            where Tunable.Includes(key)
            let value = reader.Read(key)
            where value is not null
            select KeyValuePair.Create(key, value));
    }

    private static HostSettings? HostSettingsSeen(NetworkNamespace host, DateTimeOffset now)
    {
        try
        {
            return NamespaceScope.Run(host, () => SettingsHere(now));
        }
        catch (SystemCallException)
        {
            return null;   // From inside a container the host is often out of reach; then its column is.
        }
    }
}
