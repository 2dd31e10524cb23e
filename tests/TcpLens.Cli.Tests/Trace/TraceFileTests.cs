using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>What is written can be read; what was cut off shows what there is; what is something else is one clear error.</summary>
public sealed class TraceFileTests : IDisposable
{
    private static readonly TraceRecord[] Some =
    [
        Traced.Change(TcpState.SynSent, TcpState.Established),
        Traced.Event(TraceKind.Retransmitted) with { Sequence = 1, SegmentLength = 1448, Attempt = 2 },
        Traced.Change(TcpState.Established, TcpState.FinWait1),
    ];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tcplens-trace-{Environment.ProcessId}-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_is_written_comes_back()
    {
        TraceHead head = Traced.Head(TraceTopics.StateChanges | TraceTopics.Retransmissions) with
        {
            From = StateSet.Of(TcpState.SynSent, TcpState.Established),
            Filter = "dport = 443",
            BlindSpots = [new BlindSpot("TIME_WAIT", "the kernel hides it")],
        };
        using (TraceFileWriter writer = TraceFileWriter.Create(_path, head))
        {
            writer.Write(Traced.Frames(Some[0]));
            writer.Write(Traced.Frames(Some[1], Some[2]));
            writer.End(9 * Traced.Second, lost: 17);
            Assert.Equal(3, writer.Records);
        }

        using TraceFileReader reader = TraceFileReader.Open(_path);
        Assert.Equal(Some, Traced.All(reader));
        Assert.Equal((TraceFileEnd.Whole, 17ul, 0L), (reader.End, reader.Lost, reader.Skipped));
        Assert.Equal((head.Host, head.Kernel, head.StartedAt, head.Clock), (reader.Head.Host, reader.Head.Kernel, reader.Head.StartedAt, reader.Head.Clock));
        Assert.Equal((head.Topics, head.From, head.To, head.Filter, head.Source), (reader.Head.Topics, reader.Head.From, reader.Head.To, reader.Head.Filter, reader.Head.Source));
        Assert.Equal(head.Names.DropReasons, reader.Names.DropReasons);
        Assert.Equal(head.Names.ResetReasons, reader.Names.ResetReasons);
        Assert.Equal((7u, "blue"), (Assert.Single(reader.Head.Namespaces).Inode, reader.Head.Namespaces[0].DisplayName));
        Assert.Contains("the kernel hides it", Assert.Single(reader.BlindSpots).ToString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("xx")]
    [InlineData("\u001b[2J\n\"\\ œ")]
    public void Records_begin_at_a_multiple_of_eight_whatever_the_head_says(string host)
    {
        byte[] head = TraceHeadJson.Write(Traced.Head() with { Host = host });

        Assert.Equal(0, head.Length % 8);
        Assert.Equal(head.Length - 1, head.AsSpan().IndexOf((byte)'\n'));
        Assert.Equal(host, TraceHeadJson.Read(head).Host);
    }

    [Fact]
    public void Cut_at_any_octet_it_shows_every_whole_record()
    {
        byte[] frames = Traced.Frames(Some);
        byte[] whole = Traced.File(Traced.Head(), frames, isEnded: false);
        for (int length = whole.Length - frames.Length; length < whole.Length; length++)
        {
            using TraceFileReader reader = Traced.Read(whole[..length]);
            int left = (length - (whole.Length - frames.Length)) / TraceBatch.SizeOf(TraceRecord.Length);

            Assert.Equal(Some[..left], Traced.All(reader));
            Assert.Equal(TraceFileEnd.Cut, reader.End);
        }
    }

    [Fact]
    public void Cut_within_its_first_line_it_is_no_trace()
    {
        byte[] head = TraceHeadJson.Write(Traced.Head());
        for (int length = 0; length < head.Length; length += 7)
        {
            int end = length;
            Assert.Contains("this is no trace", Assert.Throws<UsageException>(() => Traced.Read(head[..end])).Message);
        }
    }

    [Fact]
    public void With_any_bit_turned_it_can_be_read_to_some_end_and_shown_in_every_way()
    {
        byte[] damaged = Traced.File(Traced.Head(), Traced.Frames(Some));
        for (int bit = 0; bit < 8 * damaged.Length; bit += 3)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadInEveryWay(damaged);
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Records_that_cannot_be_are_skipped_and_counted_and_the_others_shown()
    {
        TraceRecord[] records =
        [
            Some[0] with { Kind = (TraceKind)77 },
            Some[0],
            Some[0] with { From = (TcpState)12 },
            Some[0] with { Family = (IpFamily)9 },
            Some[0] with { To = default },
            Some[2],
            Some[2] with { Kind = TraceKind.None },
        ];
        using TraceFileReader reader = Traced.Read(Traced.File(Traced.Head(), Traced.Frames(records)));

        Assert.Equal([Some[0], Some[2]], Traced.All(reader));
        Assert.Equal((TraceFileEnd.Whole, 5L, 5ul), (reader.End, reader.Skipped, reader.Lost));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(4097)]
    [InlineData(0x3fff_ffff)]
    public void What_follows_a_length_that_no_record_has_is_left_unread(int length)
    {
        byte[] frames = [.. Traced.Frames(Some), .. BitConverter.GetBytes((long)length), .. new byte[10_000]];
        using TraceFileReader reader = Traced.Read(Traced.File(Traced.Head(), frames));

        Assert.Equal(Some, Traced.All(reader));
        Assert.Equal(TraceFileEnd.Damaged, reader.End);
    }

    [Fact]
    public void More_than_fits_into_memory_at_once_comes_in_parts_and_whole()
    {
        var frames = new TraceFrames();
        for (uint i = 0; i < 20_000; i++)
        {
            frames.Add(Some[0] with { Sequence = i });
        }

        using TraceFileReader reader = TraceFileReader.Read(new Drops(Traced.File(Traced.Head(), frames.Octets.ToArray())), "the file");

        Assert.Equal(Enumerable.Range(0, 20_000).Select(static i => (uint)i), Traced.All(reader).Select(static record => record.Sequence));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("hello", "its first line does not end")]
    [InlineData("hello\n", "it does not begin as one")]
    [InlineData("[]\n", "it does not begin as one")]
    [InlineData("{\"schema\":\"tcplens.list/1\"}\n", "it does not begin as one")]
    [InlineData("{\"schema\":\"tcplens.trace.file/1\"}\n", "its first line lacks something")]
    public void What_is_something_else_is_said(string text, string says)
    {
        string message = Assert.Throws<UsageException>(() => Traced.Read(System.Text.Encoding.UTF8.GetBytes(text))).Message;

        Assert.StartsWith("the file: this is no trace saved by 'tcplens trace -o FILE'", message, StringComparison.Ordinal);
        Assert.Contains(says, message);
    }

    [Fact]
    public void A_file_that_is_not_there_or_a_folder_is_an_error_of_the_system()
    {
        Assert.Contains("could not read the trace", Assert.Throws<IOException>(() => TraceFileReader.Open(_path)).Message);
        Assert.Contains("could not read the trace", Assert.Throws<IOException>(() => TraceFileReader.Open(Path.GetTempPath())).Message);
        Assert.Contains("could not write the trace", Assert.Throws<IOException>(() => TraceFileWriter.Create(Path.GetTempPath(), Traced.Head())).Message);
    }

    [Fact]
    public void A_full_disk_is_one_error_that_says_what_was_kept()
    {
        string message = Assert.Throws<Linux.SystemCallException>(() => TraceFileWriter.Create("/dev/full", Traced.Head())).Message;

        Assert.Contains("write to /dev/full", message);
        Assert.Contains("ENOSPC", message);
    }

    private static void ReadInEveryWay(byte[] octets)
    {
        foreach (TraceTopics topics in (TraceTopics[])[TraceTopics.StateChanges, TraceTopics.StateChanges | TraceTopics.Lives | TraceTopics.AllEvents])
        {
            try
            {
                using TraceFileReader reader = Traced.Read(octets);
                TraceOwners owners = Traced.Owners(reader.Head);
                var output = new MemoryWriter();
                var look = new TraceLook(output, TerminalStyle.Plain, new TraceTime(reader.Head.Clock, TimeZoneInfo.Utc, TimeForm.OfDay));
                TraceSink[] sinks =
                [
                    new EventSink(look, owners, reader.Names, topics),
                    new ChangeSink(look, owners),
                    new LifeSink(look, owners),
                    new TraceJson(output, reader.Head, owners),
                ];
                List<TraceRecord> records = Traced.All(reader);
                foreach (TraceSink sink in sinks)
                {
                    var sieve = new TraceSieve(new TraceWish { Topics = topics, Filter = SocketFilter.Everything }, owners, sink);
                    sieve.Take(Traced.Frames([.. records]));
                    sieve.Complete(default);
                }
            }
            catch (UsageException)
            {
                // Its first line was hit.
            }
        }
    }

    /// <summary>Hands out a few octets at a time, as a pipe may.</summary>
    private sealed class Drops(byte[] octets) : MemoryStream(octets)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1013));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1013)]);
    }
}
