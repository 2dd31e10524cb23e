using System.Collections;

namespace TcpLens.Observation;

/// <summary>Values of settings as text: what is written and what is read back look different and are the same.</summary>
public static class SettingText
{
    /// <summary>One blank between words and none around them: tcp_rmem is written with blanks and read with tabs.</summary>
    public static string Normalize(string value)
        => string.Join(' ', value.Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>True when the two mean the same to the kernel; an unknown one is the same as nothing.</summary>
    public static bool Same(string key, string? left, string? right)
    {
        if (left is null || right is null)
        {
            return false;
        }

        (left, right) = (Normalize(left), Normalize(right));
        return left == right || key switch
        {
            // The kernel joins neighbours: 8080,8081 is read as 8080-8081 (lib/bitmap-str.c).
            "net.ipv4.ip_local_reserved_ports" => Ports(left) is { } some && Ports(right) is { } others && !some.Xor(others).HasAnySet(),
            "net.ipv4.tcp_allowed_congestion_control" => left.Split(' ').Order().SequenceEqual(right.Split(' ').Order()),
            _ => false,
        };
    }

    private static BitArray? Ports(string list)
    {
        BitArray ports = new(ushort.MaxValue + 1);
        foreach (Range part in list.AsSpan().SplitAny(',', ' '))
        {
            if (list.AsSpan(part).IsEmpty)
            {
                continue;
            }

            if (PortRange.Parse(list.AsSpan(part)) is not { } range)
            {
                return null;
            }

            for (int port = range.First; port <= range.Last; port++)
            {
                ports[port] = true;
            }
        }

        return ports;
    }
}
