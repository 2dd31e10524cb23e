using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>--print: a line for each segment, with its flags in words and whatever is remarkable about it.</summary>
internal sealed class SegmentPrinter(StandardOutput output, TerminalStyle style) : LiveConsumer
{
    private const long Day = 86_400L * 1_000_000_000;

    public override void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        var kept = new KeptSegment(segment, verdict, Missing: 0);
        output.WriteText(TimeOfDay(segment.TimeNanoseconds));
        output.Write((byte)' ');
        WriteEndpoint(segment.Source, segment.SourcePort);
        output.Write(" > "u8);
        WriteEndpoint(segment.Destination, segment.DestinationPort);
        output.WriteText($"  {string.Join("  ", SegmentWords.Header(in kept, raw: false))}");
        foreach ((string mark, MarkWeight weight) in SegmentWords.Marks(kept))
        {
            output.Write("  "u8);
            WriteMark($"[{mark}]", weight);
        }

        output.WriteLine();
    }

    public override void EndRound(CaptureProgress? progress) => output.Flush();

    private void WriteMark(string text, MarkWeight weight)
    {
        var word = new MemoryWriter();
        word.WriteText(text);
        style.Write(output, weight switch { MarkWeight.Trouble => Ink.BoldRed, MarkWeight.Notice => Ink.Yellow, _ => Ink.Cyan }, word.Written);
    }

    private void WriteEndpoint(HostAddress address, ushort port)
        => output.WriteEndpoint(new Endpoint(address, port), address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6);

    /// <summary>"21:22:09.085208", in UTC as everywhere with captures.</summary>
    private static string TimeOfDay(long nanoseconds)
        => TimeSpan.FromTicks(nanoseconds % Day / TimeSpan.NanosecondsPerTick).ToString(@"hh\:mm\:ss\.ffffff", System.Globalization.CultureInfo.InvariantCulture);
}
