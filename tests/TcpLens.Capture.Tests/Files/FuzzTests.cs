using System.Globalization;
using System.Security.Cryptography;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>
/// Damaged captures: whatever the octets, reading and analysis end, without an exception, and every packet is counted once. bench/packets/fuzz does the
/// same ten million times.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 5;

    private static readonly int Cases = int.Parse(Environment.GetEnvironmentVariable("TCPLENS_FUZZ_CASES") ?? "100000", CultureInfo.InvariantCulture);

    // Small files first; larger ones only make the run longer.
    private const int LargestFile = 4096;

    [Fact]
    public void Files_that_once_broke_other_programs_are_read_to_their_end()
    {
        string[] seeds = Directory.GetFiles(CaptureCorpus.Seeds);
        Assert.NotEmpty(seeds);
        foreach (string seed in seeds)
        {
            Read(File.ReadAllBytes(seed), Path.GetFileName(seed));
        }
    }

    [Fact]
    public void Every_capture_is_read_cut_at_any_of_its_first_octets()
    {
        foreach (string capture in CaptureCorpus.Names)
        {
            byte[] file = File.ReadAllBytes(CaptureCorpus.Path(capture));
            for (int length = 0; length < Math.Min(file.Length, 120); length++)
            {
                Read(file[..length], $"{capture} cut to {length} octets");
            }
        }
    }

    [Fact]
    public void Octets_changed_at_random_break_nothing()
    {
        (string Name, byte[] Octets)[] files =
        [
            .. Directory.GetFiles(CaptureCorpus.Seeds).Concat(CaptureCorpus.Names.Select(CaptureCorpus.Path)).Order(StringComparer.Ordinal)
                .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))).Where(file => file.Item2.Length is > 0 and <= LargestFile),
        ];
        Parallel.For(0, Environment.ProcessorCount, worker =>
        {
            var random = new Random(Seed + worker);
            var batch = new PacketBatch();
            for (int at = 0; at < Cases / Environment.ProcessorCount; at++)
            {
                (string name, byte[] octets) = files[random.Next(files.Length)];
                Read(Damage(octets, random), $"case {at} of seed {Seed + worker}: {name}", batch);
            }
        });
    }

    private static byte[] Damage(byte[] octets, Random random)
    {
        byte[] damaged = [.. octets];
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            damaged[random.Next(damaged.Length)] = random.Next(3) switch
            {
                0 => 0xff,
                1 => 0,
                _ => (byte)random.Next(256),
            };
        }

        return random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static void Read(byte[] file, string what) => Read(file, what, new());

    private static void Read(byte[] file, string what, PacketBatch batch)
    {
        try
        {
            var sink = new EveryConnection();
            var analyzer = new ConnectionAnalyzer(new() { MaxConnections = 64 }, sink);
            using var reader = new CaptureReader(new MemoryStream(file), new());
            long rounds = 0;
            while (reader.TryRead(batch))
            {
                foreach (ref readonly CapturedSegment segment in batch.Segments)
                {
                    Assert.Equal(segment.CapturedPayload, batch.PayloadOf(in segment).Length);
                    Assert.True(segment.CapturedPayload <= segment.PayloadLength, "more payload than was sent");
                    analyzer.Take(in segment, batch.PayloadOf(in segment));
                }

                Assert.True(++rounds <= file.Length + 10, "read again and again without an end");
            }

            analyzer.Complete();
            Assert.Equal(analyzer.Connections, sink.Ended);
            Assert.Equal(reader.Tally.Packets, Enum.GetValues<PacketKind>().Sum(kind => reader.Tally[kind]));
            Assert.True(reader.Tally.Packets <= file.Length, "more packets than octets");
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{what} (SHA-256 {Convert.ToHexString(SHA256.HashData(file))[..16]}): {failure.Message}", failure);
        }
    }

    private sealed class EveryConnection : IConnectionSink
    {
        public long Ended { get; private set; }

        public bool Wants(long connection) => true;

        public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
        {
        }

        void IConnectionSink.Ended(ConnectionRecord record) => Ended++;
    }
}
