using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>The keys that connections can be sorted by.</summary>
internal static class ConnectionOrder
{
    private static readonly Dictionary<string, ConnectionField> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["number"] = ConnectionField.Number,
        ["start"] = ConnectionField.Number,
        ["duration"] = ConnectionField.Duration,
        ["octets"] = ConnectionField.Octets,
        ["sent"] = ConnectionField.Sent,
        ["received"] = ConnectionField.Received,
        ["packets"] = ConnectionField.Packets,
        ["retransmissions"] = ConnectionField.Retrans,
        ["retrans"] = ConnectionField.Retrans,
        ["rtt"] = ConnectionField.Rtt,
        ["inflight"] = ConnectionField.InFlight,
    };

    public static string[] Keys => [.. Known.Keys];

    public static ConnectionField KeyNamed(string name)
        => Known.TryGetValue(name, out ConnectionField field) ? field : throw new UsageException(
            $"--sort {name}: there is no such key{Suggestion.For(name, Keys)}; there are {string.Join(", ", Keys)}");

    /// <summary>Unknown values come last either way.</summary>
    public static long RankOf(ConnectionRecord record, ConnectionField field, bool smallestFirst)
        => record.ValueOf(field) is { } value ? (smallestFirst ? -1 : 1) * (long)Math.Min(value, long.MaxValue) : long.MinValue;
}
