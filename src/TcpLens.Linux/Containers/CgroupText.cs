namespace TcpLens.Linux;

/// <summary>The text of /proc/PID/cgroup (cgroups(7)): "0::/system.slice/nginx.service" in v2, "4:memory:/docker/…" in v1.</summary>
public static class CgroupText
{
    /// <summary>The v2 path, unless it says nothing ("/", as on machines that still place processes by v1): then the longest v1 path.</summary>
    /// <returns>null when the text has no path at all.</returns>
    public static string? PathOf(string? text)
    {
        string? longest = null;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            int second = colon < 0 ? -1 : line[(colon + 1)..].IndexOf(':');
            if (second < 0)
            {
                continue;
            }

            ReadOnlySpan<char> path = line[(colon + 1 + second + 1)..];
            if (line.StartsWith("0::", StringComparison.Ordinal) && path.Length > 1)
            {
                return path.ToString();
            }

            if (path.Length > (longest?.Length ?? 0))
            {
                longest = path.ToString();
            }
        }

        return longest;
    }

    /// <summary>The path in one hierarchy: of a v1 controller by its name, or of v2, whose line has none, by "".</summary>
    public static string? PathIn(string text, string controller)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            int second = colon < 0 ? -1 : line[(colon + 1)..].IndexOf(':');
            if (second < 0)
            {
                continue;
            }

            ReadOnlySpan<char> controllers = line.Slice(colon + 1, second);
            foreach (Range name in controllers.Split(','))
            {
                if (controllers[name].SequenceEqual(controller))
                {
                    return line[(colon + 1 + second + 1)..].ToString();
                }
            }
        }

        return null;
    }
}
