using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>A page about control bits, as text and as JSON.</summary>
internal static class FlagExplanation
{
    public static Explanation Text(FlagPage page)
    {
        List<ExplainSection> sections = [new("What it says", [page.Meaning]), new("Legality", [FlagCatalog.Explain(page.Fault)])];
        if (page.Normal.Length != 0)
        {
            sections.Add(new("When it is normal", [page.Normal]));
        }

        sections.Add(new(page.IsLegal ? "When it is not" : "When it is seen", [page.Suspicious]));
        sections.Add(new("Written as", [
            $"tcpdump shows [{ControlBitsText.Format(page.Bits, ControlBitsSpelling.Letters)}]; the number is {ControlBitsText.Format(page.Bits, ControlBitsSpelling.Hex)}.",
            "To capture exactly this over IPv4:",
            $"{Explanation.Command}tcpdump '{CaptureFilter(page.Bits)}'"]));
        sections.Add(new("Source", [page.Source]));
        return new Explanation(page.Title, sections);
    }

    /// <summary>The members of the object.</summary>
    public static void Write(Utf8JsonWriter json, FlagPage page)
    {
        json.WriteString("flags", ControlBitsText.Format(page.Bits));
        json.WriteString("tcpdump", ControlBitsText.Format(page.Bits, ControlBitsSpelling.Letters));
        json.WriteNumber("number", (int)page.Bits);
        json.WriteString("title", page.Title);
        json.WriteString("meaning", page.Meaning);
        json.WriteBoolean("legal", page.IsLegal);
        json.WriteString("legality", FlagCatalog.Explain(page.Fault));
        json.WriteString("normal", page.Normal.Length == 0 ? null : page.Normal);
        json.WriteString("suspicious", page.Suspicious);
        json.WriteString("capture_filter", CaptureFilter(page.Bits));
        json.WriteString("source", page.Source);
    }

    /// <summary>pcap-filter reads octets 12 and 13 of the header together, because AE is in the first one. IPv4 only: libpcap's tcp[] is.</summary>
    private static string CaptureFilter(ControlBits bits) => $"tcp[12:2] & 0x1ff = {ControlBitsText.Format(bits, ControlBitsSpelling.Hex)}";
}
