using TcpLens.Capture;

namespace TcpLens.Cli.Tests;

public sealed class CaptureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tcplens-test-").FullName;

    [Fact]
    public void What_zstd_has_packed_is_read_as_if_it_had_not()
    {
        string plain = PathOf("a.pcap");
        File.WriteAllBytes(plain, Capture());
        CommandRun.Run("zstd", "-q", plain, "-o", PathOf("a.pcap.zst")).EnsureSuccess();
        Assert.Equal((1000, ""), Read(PathOf("a.pcap.zst")));
        Assert.Equal((1000, ""), Read(plain));
    }

    [Fact]
    public void What_zstd_has_packed_and_somebody_cut_is_read_as_far_as_it_goes()
    {
        string plain = PathOf("a.pcap");
        File.WriteAllBytes(plain, Capture());
        CommandRun.Run("zstd", "-q", plain, "-o", PathOf("a.zst")).EnsureSuccess();
        byte[] packed = File.ReadAllBytes(PathOf("a.zst"));
        File.WriteAllBytes(PathOf("cut.zst"), packed[..(packed.Length / 2)]);
        (long packets, string damage) = Read(PathOf("cut.zst"));
        Assert.InRange(packets, 0, 999);
        Assert.NotEqual("", damage);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        IOException failure = Assert.Throws<IOException>(() => CaptureFile.Open(PathOf("nothing.pcap")));
        Assert.Contains(PathOf("nothing.pcap"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_program_that_unpacks_it_is_said_where_to_get_it()
    {
        File.WriteAllBytes(PathOf("a.zst"), [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]);
        CommandResult result = new CommandRun(Tool.Path, "analyze", PathOf("a.zst")) { Environment = new Dictionary<string, string?> { ["PATH"] = _folder } }.Execute();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("packed with zstd, and the program zstd is not installed (package zstd)", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static (long Packets, string Damage) Read(string path)
    {
        using var reader = new CaptureReader(CaptureFile.Open(path), new());
        var batch = new PacketBatch();
        while (reader.TryRead(batch))
        {
        }

        return (reader.Tally.Packets, reader.Damage.Count == 0 ? "" : reader.Damage[0].Text);
    }

    /// <summary>A thousand packets of nothing, of raw IP.</summary>
    private static byte[] Capture()
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0]);
        var random = new Random(1);
        byte[] octets = new byte[40];
        for (int at = 0; at < 1000; at++)
        {
            random.NextBytes(octets);
            writer.Write(at);
            writer.Write(0);
            writer.Write(octets.Length);
            writer.Write(octets.Length);
            writer.Write(octets);
        }

        return file.ToArray();
    }
}
