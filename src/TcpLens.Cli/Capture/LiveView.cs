using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>
/// What a terminal shows while packets are captured: a page that is drawn anew once a second, never taller or wider than the
/// terminal. It is drawn by the thread that follows connections, so that a terminal that stands still costs no packet.
/// </summary>
internal sealed class LiveView(Session session, LiveLedger ledger, string place) : LiveConsumer
{
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromSeconds(1);

    private readonly long _start = session.Clock.GetTimestamp();
    private long _lastFrame;
    private CaptureProgress? _before;
    private int _lines;

    public override void EndRound(CaptureProgress? progress)
    {
        if (progress is null || (_lastFrame != 0 && session.Clock.GetElapsedTime(_lastFrame) < BetweenFrames))
        {
            return;
        }

        TimeSpan since = session.Clock.GetElapsedTime(_lastFrame == 0 ? _start : _lastFrame);
        _lastFrame = session.Clock.GetTimestamp();
        var text = new MemoryWriter(4096);
        TerminalStyle style = session.Style with { Columns = OutputDescriptor.StandardOutput.Columns ?? session.Style.PageColumns };
        new LivePage(place, ledger, progress, _before, session.Clock.GetElapsedTime(_start), since, style).WriteTo(text);
        Erase();
        Draw(text.Written, OutputDescriptor.StandardOutput.Rows ?? int.MaxValue);
        session.Output.Flush();
        _before = progress;
    }

    /// <summary>Takes the page away, to make room for what comes after it.</summary>
    public void Erase()
    {
        if (_lines > 0)
        {
            session.Output.Write("\e["u8);
            session.Output.WriteNumber(_lines);
            session.Output.Write("F\e[J"u8);   // Up to the first of its lines (CPL), and all below it erased (ED).
            _lines = 0;
        }
    }

    /// <summary>As many lines as fit, with one left for the cursor.</summary>
    private void Draw(ReadOnlySpan<byte> text, int rows)
    {
        while (!text.IsEmpty && _lines + 1 < rows)
        {
            int end = text.IndexOf((byte)'\n') + 1;
            session.Output.Write(text[..end]);
            text = text[end..];
            _lines++;
        }
    }
}
