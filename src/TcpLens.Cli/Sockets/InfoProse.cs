using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>tcp_info in plain words with units. What is zero and says nothing is left out; what is unknown too (JSON has it as null).</summary>
internal static class InfoProse
{
    private const uint NoThreshold = 0x7fff_ffff;

    private static readonly string[] CongestionStates = ["open", "disorder", "cwr", "recovery", "loss"];

    /// <summary>Parts separated by semicolons, on one line without its end.</summary>
    public static void Write(Utf8Writer writer, SocketDetail detail, in SocketEntry entry)
    {
        if (detail.IsLocked)
        {
            writer.Write("a task sleeps with this socket's lock: its tcp_info cannot be read"u8);
        }
        else if (detail.Info is { } info && entry.State != TcpState.Listen)
        {
            WriteTimes(writer, info);
            WriteWindow(writer, detail, info);
            WriteLoss(writer, info);
            WriteTraffic(writer, info);
            WriteLimits(writer, info);
        }
        else
        {
            writer.Write(entry.State == TcpState.Listen ? "listener: its queue stands in Recv-Q, its limit in Send-Q"u8 : "no tcp_info for this kind of socket"u8);
        }
    }

    private static void WriteTimes(Utf8Writer writer, TcpInfo info)
    {
        writer.Write("rtt "u8);
        Duration(writer, info.RttMicroseconds);
        writer.Write(" (+-"u8);
        Duration(writer, info.RttVariationMicroseconds);
        if (info.MinRttMicroseconds is { } minimum)
        {
            writer.Write(", least "u8);
            writer.WriteDuration(minimum);
        }

        writer.Write("), rto "u8);
        Duration(writer, info.RetransmissionTimeoutMicroseconds);
        if (info.Backoff is > 0)
        {
            writer.Write(" backed off "u8);
            writer.WriteNumber((long)info.Backoff);
            writer.Write("x"u8);
        }

        if (info.LastDataSentMilliseconds is { } sent)
        {
            writer.Write("; sent "u8);
            writer.WriteDuration(sent * 1000ul);
            writer.Write(" ago, received "u8);
            Duration(writer, info.LastDataReceivedMilliseconds * 1000ul);
            writer.Write(" ago, acked "u8);
            Duration(writer, info.LastAckReceivedMilliseconds * 1000ul);
            writer.Write(" ago"u8);
        }
    }

    private static void WriteWindow(Utf8Writer writer, SocketDetail detail, TcpInfo info)
    {
        writer.Write("; "u8);
        if (detail.CongestionControl is { } congestion)
        {
            writer.WriteText(congestion);
            writer.Write((byte)' ');
        }

        writer.Write("cwnd "u8);
        writer.WriteNumber((long)(info.CongestionWindowSegments ?? 0));
        writer.Write(" x mss "u8);
        writer.WriteNumber((long)(info.SendMssBytes ?? 0));
        if (info.SlowStartThresholdSegments is { } threshold and < NoThreshold)
        {
            writer.Write(", ssthresh "u8);
            writer.WriteNumber((long)threshold);
        }

        if (info.CongestionState is { } state and > 0 && state < CongestionStates.Length)
        {
            writer.Write(", in "u8);
            writer.WriteText(CongestionStates[state]);
        }

        if (info.SendWindowBytes is { } window)
        {
            writer.Write(", peer's window "u8);
            writer.WriteSize(window);
        }
    }

    private static void WriteLoss(Utf8Writer writer, TcpInfo info)
    {
        Part(writer, info.UnackedSegments, " in flight"u8);
        Part(writer, info.LostSegments, " lost"u8);
        Part(writer, info.SackedSegments, " sacked"u8);
        Part(writer, info.TotalRetransmittedSegments, " retransmitted"u8);
        Part(writer, info.DuplicateSacksReceived, " needlessly (dsack)"u8);
        Part(writer, info.OutOfOrderSegmentsReceived, " received out of order"u8);
        Part(writer, info.Probes, " probes unanswered"u8);
    }

    private static void WriteTraffic(Utf8Writer writer, TcpInfo info)
    {
        writer.Write("; sent "u8);
        Size(writer, info.BytesSent ?? info.BytesAcked);
        writer.Write(", received "u8);
        Size(writer, info.BytesReceived);
        if (info.NotSentBytes is > 0 and { } waiting)
        {
            writer.Write(", "u8);
            writer.WriteSize(waiting);
            writer.Write(" not sent yet"u8);
        }

        if (info.DeliveryRateBytesPerSecond is > 0 and { } rate)
        {
            writer.Write(", delivers "u8);
            writer.WriteBitRate(rate);
            writer.Write(info.DeliveryRateAppLimited == true ? " (application-limited)"u8 : default);
        }
    }

    private static void WriteLimits(Utf8Writer writer, TcpInfo info)
    {
        if (info.BusyMicroseconds is not (> 0 and { } busy))
        {
            return;
        }

        Share(writer, info.ReceiveWindowLimitedMicroseconds, busy, "peer's window"u8);
        Share(writer, info.SendBufferLimitedMicroseconds, busy, "send buffer"u8);
    }

    private static void Share(Utf8Writer writer, ulong? limited, ulong busy, ReadOnlySpan<byte> by)
    {
        if (limited is > 0 and { } time)
        {
            writer.Write("; held up by the "u8);
            writer.Write(by);
            writer.Write((byte)' ');
            writer.WriteNumber((long)Math.Min(100, time * 100 / busy));
            writer.Write("% of its sending time"u8);
        }
    }

    private static void Part(Utf8Writer writer, uint? number, ReadOnlySpan<byte> what)
    {
        if (number is > 0 and { } known)
        {
            writer.Write("; "u8);
            writer.WriteNumber((long)known);
            writer.Write(what);
        }
    }

    private static void Duration(Utf8Writer writer, ulong? microseconds)
    {
        if (microseconds is { } known)
        {
            writer.WriteDuration(known);
        }
        else
        {
            writer.Write((byte)'-');
        }
    }

    private static void Size(Utf8Writer writer, ulong? octets)
    {
        if (octets is { } known)
        {
            writer.WriteSize(known);
        }
        else
        {
            writer.Write((byte)'-');
        }
    }
}
