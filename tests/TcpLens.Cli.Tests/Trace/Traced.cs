using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>Records to trace, and what becomes of them.</summary>
internal static class Traced
{
    /// <summary>Nanoseconds on the records' clock, which began 1,000,000 s after 1970.</summary>
    public const ulong Second = 1_000_000_000;

    public static readonly TraceClock Clock = new(1_000_000_000_000_000);

    private static readonly WireAddress Here = WireAddress.Of(HostAddress.Parse("10.0.0.1")!.Value);
    private static readonly WireAddress There = WireAddress.Of(HostAddress.Parse("10.2.0.5")!.Value);

    public static TraceHead Head(TraceTopics topics = TraceTopics.StateChanges) => new()
    {
        Host = "web1",
        Kernel = "6.18.0",
        StartedAt = Clock.TimeOf(0),
        Clock = Clock,
        Topics = topics,
        Namespaces = [new NetworkNamespace(7) { Names = ["blue"] }],
        Names = new TraceNames(["", "NOT_SPECIFIED", "NO_SOCKET", "NEW_TO_US"], ["", "NO_SOCKET", "TCP_ABORT_ON_CLOSE"]),
        Source = "a test",
    };

    /// <summary>An event one second after the beginning, of nginx/812, in namespace 7.</summary>
    public static TraceRecord Event(TraceKind kind, TcpState state = TcpState.Established) => new()
    {
        Kind = kind,
        AtNanoseconds = Second,
        SinceNanoseconds = Second - 12_345_678,
        From = state,
        Family = IpFamily.V4,
        LocalAddress = Here,
        LocalPort = 443,
        RemoteAddress = There,
        RemotePort = 51234,
        Namespace = 7,
        Pid = 812,
        Command = TaskName.From("nginx"u8),
        Socket = 0xffff_8881_0000_0040,
        Cookie = 4711,
        Inode = 99,
        UserId = 33,
    };

    public static TraceRecord Change(TcpState from, TcpState to) => Event(TraceKind.StateChange, from) with { To = to };

    public static LifeTail Tail(params ReadOnlySpan<TcpState> path)
    {
        StatePath states = default;
        foreach (TcpState state in path)
        {
            states = states.Then(state);
        }

        return new LifeTail { Path = states, BytesAcknowledged = 1_572_864, BytesReceived = 512, SegmentsSent = 1100, SegmentsReceived = 600, Retransmits = 3, MinRttMicroseconds = 80 };
    }

    public static byte[] Frames(params ReadOnlySpan<TraceRecord> records)
    {
        var frames = new TraceFrames();
        foreach (ref readonly TraceRecord record in records)
        {
            frames.Add(in record);
        }

        return frames.Octets.ToArray();
    }

    /// <summary>A file of these records that was ended, or cut off.</summary>
    public static byte[] File(TraceHead head, byte[] frames, bool isEnded = true)
    {
        byte[] end = isEnded ? Frames(new TraceRecord { Kind = TraceKind.Ended, Family = IpFamily.V4, AtNanoseconds = 2 * Second, Socket = 5, Cookie = 1 }) : [];
        return [.. TraceHeadJson.Write(head), .. frames, .. end];
    }

    public static TraceFileReader Read(byte[] octets) => TraceFileReader.Read(new MemoryStream(octets), "the file");

    /// <summary>Every record of a source, read to its end.</summary>
    public static List<TraceRecord> All(TraceSource source)
    {
        List<TraceRecord> records = [];
        while (!source.IsAtEnd)
        {
            foreach (ref readonly TraceRecord record in new TraceBatch(source.Take()))
            {
                records.Add(record);
            }

            source.Release();
        }

        return records;
    }

    public static TraceOwners Owners(TraceHead? head = null) => new(null, (head ?? Head()).Namespaces, TimeProvider.System);

    public static TraceLook Look(Utf8Writer output) => new(output, TerminalStyle.Plain, new TraceTime(Clock, TimeZoneInfo.Utc, TimeForm.OfDay)) { HasHeader = false };

    /// <summary>What a sink writes of one record.</summary>
    public static string Written(Func<Utf8Writer, TraceSink> sink, TraceRecord record, LifeTail tail = default)
    {
        var output = new MemoryWriter();
        sink(output).Write(in record, in tail);
        return Encoding.UTF8.GetString(output.Written);
    }
}
