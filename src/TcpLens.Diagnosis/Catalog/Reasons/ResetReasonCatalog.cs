namespace TcpLens.Diagnosis;

/// <summary>
/// Why Linux sends RSTs (enum sk_rst_reason, include/net/rstreason.h; the tracepoint tcp:tcp_send_reset tells it since 6.10), all that
/// 6.18 has. Some share their name with the drop of the segment that is answered. Built when first asked.
/// </summary>
public static class ResetReasonCatalog
{
    private static readonly ReasonTable Table = new("SK_RST_REASON_", AnswerResets.Pages, AbortResets.Pages, MptcpResets.Pages);

    public static IReadOnlyList<ReasonPage> All => Table.Pages;

    /// <summary>"TCP_ABORT_ON_CLOSE", "tcp-abort-on-close", "SK_RST_REASON_TCP_ABORT_ON_CLOSE"; null when there is no page.</summary>
    public static ReasonPage? Find(string name) => Table.Find(name);

    /// <summary>"TCP_ABORT_ON_CLOSE: closed with unread data"; a name without a page is all there is to say.</summary>
    public static string Words(string name) => Find(name) is { } page ? $"{page.Name}: {page.Phrase}" : name;
}
