using TcpLens.Capture;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>The top of a capture's report: what was read, and what makes the answer less than certain.</summary>
internal static class ReportHead
{
    private const int DamagesShown = 20;
    private const int FilesShown = 20;

    public static void Write(Html page, CaptureAccount account, ReportMaterial material)
    {
        page.Raw("<dl>\n");
        string files = string.Join(", ", account.Files.Take(FilesShown).Select(static file => CaptureReport.Shown(file.Name)));
        Fact(page, account.Files.Count == 1 ? "file" : "files", files + (account.Files.Count > FilesShown ? $" and {account.Files.Count - FilesShown:N0} more" : "") + (account.Formats.Length > 0 ? $" ({account.Formats})" : ""));
        Fact(page, "packets", $"{account.Packets:N0}, {Words.Octets(account.Octets)}{(account.CapturedOctets < account.Octets ? $", of which {Words.Octets(account.CapturedOctets)} were captured" : "")}");
        if (account.First is { } first)
        {
            Fact(page, "time", $"{CaptureTime.Text(first)}, {Words.Age(account.Span)} long");
        }

        string others = string.Join(", ", account.Others().Select(static other => $"{other.Count:N0} {other.Name}"));
        Fact(page, "TCP", $"{account.Of(PacketKind.Tcp):N0} segments in {Words.Of(material.Overview.Connections, "connection")}, {Words.Octets(material.Overview.PayloadOctets)} of payload{(others.Length > 0 ? $"; beside it {others}" : "")}");
        if (account.PacketFilter is { } filter)
        {
            Fact(page, "filter", CaptureReport.Shown(filter));
        }

        page.Raw("</dl>\n");
        FindingArticle.List(page, "What to doubt", "ul", account.Doubts().Select(CaptureReport.Shown));
        Damage(page, account);
    }

    private static void Damage(Html page, CaptureAccount account)
    {
        if (account.Damages == 0)
        {
            return;
        }

        page.Element("h3", "", $"{Words.Of(account.Damages, "damage")} of the {(account.Files.Count == 1 ? "file" : "files")}");
        page.Raw("<div class=\"scroll\"><table>\n<tr><th class=\"number\">Octet</th><th class=\"number\">Behind packet</th><th>What is wrong</th></tr>\n");
        foreach ((string file, CaptureDamage damage) in account.AllDamage().Take(DamagesShown))
        {
            page.Raw($"<tr><td class=\"number\">{damage.Offset:N0}</td><td class=\"number\">{damage.Packet:N0}</td><td>")
                .Text(CaptureReport.Shown(account.Files.Count == 1 ? damage.Text : $"{file}: {damage.Text}")).Raw("</td></tr>\n");
        }

        page.Raw("</table></div>\n");
        if (account.Damages > DamagesShown)
        {
            page.Element("p", "quiet", $"The first {DamagesShown} are shown.");
        }
    }

    private static void Fact(Html page, string name, string words) => page.Element("dt", "", name).Element("dd", "", words);
}
