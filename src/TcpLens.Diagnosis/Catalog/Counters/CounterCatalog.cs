namespace TcpLens.Diagnosis;

/// <summary>The counters that tell of TCP. Built when first asked.</summary>
public static class CounterCatalog
{
    private static readonly CounterPage[] Pages =
    [
        .. TcpCounters.Pages, .. ListenCounters.Pages, .. CloseCounters.Pages, .. RecoveryCounters.Pages, .. ReceiveCounters.Pages,
        .. ValidationCounters.Pages, .. GaugeCounters.Pages, .. IpCounters.Pages,
    ];

    public static IReadOnlyList<CounterPage> All => Pages;

    /// <summary>
    /// By the full name, with '.' or a blank between the parts ("TcpExt.ListenDrops", "sockstat TCP.orphan", "sockstat.TCP.orphan"), with
    /// nstat's names ("TcpExtListenDrops"), or by the last part alone; in any case. Null when there is no page.
    /// </summary>
    public static CounterPage? Find(string name)
    {
        string plain = name.Trim().Replace(' ', '.');
        return Array.Find(Pages, page => Plain(page).Equals(plain, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(Pages, page => Plain(page).Replace(".", "", StringComparison.Ordinal).Equals(plain, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(Pages, page => page.ShortName.Equals(plain, StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(CounterPage page) => page.Name.Replace(' ', '.');
}
