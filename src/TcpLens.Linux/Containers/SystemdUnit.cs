using System.Globalization;
using System.Text;

namespace TcpLens.Linux;

/// <summary>Names of systemd in cgroup paths (systemd.unit(5)).</summary>
public static class SystemdUnit
{
    /// <summary>
    /// The innermost unit that runs processes: "nginx.service", "session-3.scope"; null when the path has none, slices do not count.
    /// </summary>
    public static string? FromCgroupPath(ReadOnlySpan<char> path)
    {
        for (ReadOnlySpan<char> rest = path; !rest.IsEmpty;)
        {
            int slash = rest.LastIndexOf('/');
            ReadOnlySpan<char> last = rest[(slash + 1)..];
            rest = slash < 0 ? default : rest[..slash];
            if (last.Length > 6 && (last.EndsWith(".service", StringComparison.Ordinal) || last.EndsWith(".scope", StringComparison.Ordinal)))
            {
                return Unescape(last);
            }
        }

        return null;
    }

    /// <summary>systemd writes what may not stand in a unit's name as \x and two digits: "my\x2dapp".</summary>
    internal static string Unescape(ReadOnlySpan<char> name)
    {
        StringBuilder plain = new(name.Length);
        while (!name.IsEmpty)
        {
            if (name is ['\\', 'x', ..] && name.Length >= 4 && byte.TryParse(name[2..4], NumberStyles.AllowHexSpecifier, null, out byte octet))
            {
                plain.Append((char)octet);
                name = name[4..];
            }
            else
            {
                plain.Append(name[0]);
                name = name[1..];
            }
        }

        return plain.ToString();
    }
}
