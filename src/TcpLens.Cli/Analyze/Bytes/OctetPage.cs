using System.Buffers;
using System.Text;
using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Both ends' octets as text, in turn: a line says who and from where on, then come the octets. Ends of lines are kept (CR LF is one), and
/// whatever could steer a terminal is shown and not sent.
/// </summary>
internal sealed class OctetPage(Utf8Writer output, TerminalStyle style, ConnectionEnd? wanted, long limit) : IStreamTaker
{
    private readonly Endpoint[] _endpoints = new Endpoint[2];
    private readonly long[] _shown = new long[2];
    private readonly long[] _leftOut = new long[2];
    private readonly List<byte> _open = [];
    private long? _origin;
    private ConnectionEnd? _speaker;
    private bool _isLineStart = true;

    /// <summary>Notes who the ends are, and when it began.</summary>
    public void Begin(in CapturedSegment segment, ConnectionEnd sender)
    {
        if (_origin is null)
        {
            _origin = segment.TimeNanoseconds;
            _endpoints[(int)sender] = new(segment.Source, segment.SourcePort);
            _endpoints[(int)sender.Other] = new(segment.Destination, segment.DestinationPort);
        }
    }

    public void Octets(ConnectionEnd end, long offset, ReadOnlySpan<byte> octets, long timeNanoseconds)
    {
        if (wanted is { } only && end != only)
        {
            return;
        }

        int taken = (int)Math.Min(octets.Length, limit - _shown[(int)end]);
        _leftOut[(int)end] += octets.Length - taken;
        if (taken == 0)
        {
            return;
        }

        if (_speaker != end)
        {
            Head(end, offset, timeNanoseconds);
        }

        _shown[(int)end] += taken;
        Text(octets[..taken]);
    }

    public void Gap(ConnectionEnd end, long offset, long octets)
    {
        if ((wanted is null || end == wanted) && _shown[(int)end] < limit)
        {
            EndText();
            Remark($"{octets:N0} octets of the {ConnectionJson.NameOf(end)} from {offset:N0} on were not captured", Ink.Yellow);
        }
    }

    public void Complete()
    {
        EndText();
        foreach (ConnectionEnd end in Enum.GetValues<ConnectionEnd>())
        {
            if (_leftOut[(int)end] > 0)
            {
                Remark($"{_leftOut[(int)end]:N0} more octets of the {ConnectionJson.NameOf(end)} are left out; --limit shows more, -o FILE --end {ConnectionJson.NameOf(end)} writes all", Ink.Dim);
            }
        }

        if (_shown is [0, 0] && _leftOut is [0, 0])
        {
            Remark("nothing was said, or nothing of it was captured", Ink.Dim);
        }
    }

    private void Head(ConnectionEnd end, long offset, long time)
    {
        EndText();
        if (_speaker is not null)
        {
            output.WriteLine();
        }

        _speaker = end;
        string who = $"{(end == ConnectionEnd.Originator ? ">" : "<")} {_endpoints[(int)end]}";
        style.Write(output, end == ConnectionEnd.Originator ? Ink.BoldYellow : Ink.Cyan, Encoding.ASCII.GetBytes(who));
        style.Write(output, Ink.Dim, Encoding.ASCII.GetBytes($"  {CaptureTime.Seconds(time - (_origin ?? time))} s, from octet {offset:N0}"));
        output.WriteLine();
    }

    private void Remark(string text, Ink ink)
    {
        _speaker = null;
        style.Write(output, ink, Encoding.ASCII.GetBytes($"({text})"));
        output.WriteLine();
    }

    /// <summary>A character may begin in one segment and end in the next, and so may CR LF.</summary>
    private void Text(ReadOnlySpan<byte> octets)
    {
        _open.AddRange(octets);
        ReadOnlySpan<byte> text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_open);
        int whole = text.Length - Unfinished(text);
        Lines(text[..whole]);
        _open.RemoveRange(0, whole);
    }

    private static int Unfinished(ReadOnlySpan<byte> text)
    {
        if (text is [.., (byte)'\r'])
        {
            return 1;
        }

        for (int length = 1; length <= Math.Min(3, text.Length); length++)
        {
            if (Rune.DecodeFromUtf8(text[^length..], out _, out int used) == OperationStatus.NeedMoreData && used == length)
            {
                return length;
            }
        }

        return 0;
    }

    private void Lines(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            output.WriteText(end >= 0 && line is [.., (byte)'\r'] ? line[..^1] : line);
            _isLineStart = end >= 0;
            if (end >= 0)
            {
                output.WriteLine();
            }
        }
    }

    private void EndText()
    {
        Lines(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_open));
        _open.Clear();
        if (!_isLineStart)
        {
            output.WriteLine();
            _isLineStart = true;
        }
    }
}
