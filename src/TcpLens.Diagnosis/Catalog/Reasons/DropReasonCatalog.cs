namespace TcpLens.Diagnosis;

/// <summary>
/// Why Linux throws packets away (enum skb_drop_reason, include/net/dropreason-core.h; the tracepoint skb:kfree_skb tells it since 5.17),
/// all that 6.18 has. Newer kernels have more, and number them anew: a name that is not here speaks for itself. Built when first asked.
/// </summary>
public static class DropReasonCatalog
{
    private static readonly ReasonTable Table = new(
        "SKB_DROP_REASON_", SegmentDrops.Pages, SocketDrops.Pages, SignatureDrops.Pages, PolicyDrops.Pages, QueueDrops.Pages, RouteDrops.Pages, DeviceDrops.Pages, OtherDrops.Pages);

    public static IReadOnlyList<ReasonPage> All => Table.Pages;

    /// <summary>"TCP_LISTEN_OVERFLOW", "tcp-listen-overflow", "SKB_DROP_REASON_TCP_LISTEN_OVERFLOW"; null when there is no page.</summary>
    public static ReasonPage? Find(string name) => Table.Find(name);

    /// <summary>"TCP_LISTEN_OVERFLOW: accept queue full"; a name without a page is all there is to say.</summary>
    public static string Words(string name) => Find(name) is { } page ? $"{page.Name}: {page.Phrase}" : name;
}
