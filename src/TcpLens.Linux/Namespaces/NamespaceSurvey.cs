using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>The network namespaces found on this machine, and what kept others from being found.</summary>
public sealed class NamespaceSurvey
{
    /// <summary>Largest pid Linux can give out (PID_MAX_LIMIT); inode numbers of namespaces are above 0xeffffff0.</summary>
    private const uint PidMax = 4 * 1024 * 1024;

    /// <summary>The host's first, then one's own, then by inode number: in the order they were made, mostly.</summary>
    public required IReadOnlyList<NetworkNamespace> Found { get; init; }

    public required IReadOnlyList<BlindSpot> BlindSpots { get; init; }

    /// <summary>Inode of the namespace of every process that could be seen, by pid.</summary>
    public required IReadOnlyDictionary<int, uint> NamespaceOfProcess { get; init; }

    /// <summary>The namespace with this inode; null when it was not found.</summary>
    public NetworkNamespace? this[uint inode]
    {
        get
        {
            foreach (NetworkNamespace found in Found)
            {
                if (found.Inode == inode)
                {
                    return found;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// The namespaces that a user means by <paramref name="text"/>: a name or container, "host", "self", a pid, an inode (bare or as
    /// "net:[…]"), or "all". A name goes before a pid, so a namespace named 42 can be asked for.
    /// </summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="chosen">Empty when this returns false.</param>
    /// <param name="failure">One line for the user, with near names; null when this returns true.</param>
    public bool TrySelect(string text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure)
    {
        chosen = text == "all" ? Found : Named(text);
        failure = null;
        if (chosen.Count == 1 || text == "all")
        {
            return true;
        }

        if (chosen.Count > 1)
        {
            failure = $"\"{text}\" means {chosen.Count} network namespaces: choose one by its inode, {string.Join(" or ", chosen.Select(n => n.Inode))}";
            chosen = [];
            return false;
        }

        return TrySelectByNumber(text, out chosen, out failure);
    }

    private bool TrySelectByNumber(string text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure)
    {
        chosen = [];
        uint inode = NamespaceLink.Inode(text);
        bool isNumber = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        if (isNumber && number <= PidMax)
        {
            if (!NamespaceOfProcess.TryGetValue((int)number, out inode))
            {
                failure = $"no network namespace of process {number}: there is no such process, or it may not be seen without privilege";
                return false;
            }
        }
        else if (isNumber)
        {
            inode = number;
        }

        if (inode != 0 && this[inode] is { } found)
        {
            chosen = [found];
            failure = null;
            return true;
        }

        failure = inode != 0
            ? $"no network namespace with inode {inode}: it is gone, or may not be seen without privilege"
            : $"no network namespace is named \"{text}\"; {Suggestion(text)}";
        return false;
    }

    private List<NetworkNamespace> Named(string text)
    {
        List<NetworkNamespace> named = [];
        foreach (NetworkNamespace candidate in Found)
        {
            bool matches = text switch
            {
                "host" => candidate.IsHost,
                "self" => candidate.IsOwn,
                _ => candidate.Names.Contains(text, StringComparer.Ordinal) || candidate.Container == text,
            };
            if (matches)
            {
                named.Add(candidate);
            }
        }

        return named;
    }

    private string Suggestion(string text)
    {
        List<string> known = ["all", "host", "self"];
        foreach (NetworkNamespace found in Found)
        {
            known.AddRange(found.Names);
            if (found.Container is { } container)
            {
                known.Add(container);
            }
        }

        string? near = Spelling.Nearest(text, known.ToArray());
        return near is not null
            ? $"did you mean \"{near}\"?"
            : $"there are {string.Join(", ", known.Take(12))}, any pid, or an inode number";
    }
}
