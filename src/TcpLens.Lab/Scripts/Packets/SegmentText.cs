using System.Globalization;
using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Segments in the script's own notation and numbers.</summary>
internal static class SegmentText
{
    public static string Describe(SniffedSegment segment, ScriptFlow flow)
    {
        bool isSyn = segment.Bits.Has(ControlBits.Syn);
        uint start = flow.ToScript(segment.Sequence, isSyn);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Letters(segment.Bits)} {start}:{unchecked(start + (uint)segment.PayloadLength)}({segment.PayloadLength})");
        if (segment.Bits.Has(ControlBits.Ack))
        {
            text.Append(CultureInfo.InvariantCulture, $" ack {flow.PeerToScript(segment.Acknowledgment, isSyn)}");
        }

        text.Append(CultureInfo.InvariantCulture, $" win {segment.Window}");
        if (segment.Options.Count > 0)
        {
            text.Append(" <").Append(Options(segment.Options)).Append('>');
        }

        return text.ToString();
    }

    public static string Options(IReadOnlyList<ScriptOption> options) => string.Join(',', options.Select(Option));

    private static string Option(ScriptOption option) => option.Kind switch
    {
        TcpOptionKind.End => "eol",
        TcpOptionKind.NoOperation => "nop",
        TcpOptionKind.MaximumSegmentSize => $"mss {option.First}",
        TcpOptionKind.WindowScale => $"wscale {option.First}",
        TcpOptionKind.SackPermitted => "sackOK",
        TcpOptionKind.Timestamps => $"TS val {option.First} ecr {option.Second}",
        TcpOptionKind.Sack => "sack " + string.Join(' ', (option.Blocks ?? []).Select(static block => $"{block.Left}:{block.Right}")),
        _ => $"option {(int)option.Kind}",
    };

    public static string Letters(ControlBits bits)
    {
        ReadOnlySpan<(ControlBits Bit, char Letter)> order =
        [
            (ControlBits.Fin, 'F'), (ControlBits.Syn, 'S'), (ControlBits.Rst, 'R'), (ControlBits.Psh, 'P'), (ControlBits.Ack, '.'), (ControlBits.Urg, 'U'),
            (ControlBits.Ece, 'E'), (ControlBits.Cwr, 'W'), (ControlBits.Ae, 'A'),
        ];
        string letters = "";
        foreach ((ControlBits bit, char letter) in order)
        {
            letters += bits.Has(bit) ? letter : "";
        }

        return letters.Length == 0 ? "-" : letters;
    }
}
