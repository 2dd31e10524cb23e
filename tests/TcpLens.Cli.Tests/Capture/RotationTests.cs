namespace TcpLens.Cli.Tests;

public sealed class RotationTests
{
    [Theory]
    [InlineData("100MB", 100_000_000L, null, null, null)]
    [InlineData("64MiB", 67_108_864L, null, null, null)]
    [InlineData("1.5G", 1_500_000_000L, null, null, null)]
    [InlineData("10min", null, 600.0, null, null)]
    [InlineData("1h,6files", null, 3600.0, null, 6)]
    [InlineData("100MB, 10min, 50000packets, 5files", 100_000_000L, 600.0, 50_000L, 5)]
    [InlineData("100MB/10min/5files", 100_000_000L, 600.0, null, 5)]
    public void Sizes_times_packets_and_files_are_told_apart(string text, long? octets, double? seconds, long? packets, int? files)
    {
        Rotation rotation = Rotation.Parse(text);

        Assert.Equal((octets, seconds, packets, files), (rotation.Octets, rotation.Time?.TotalSeconds, rotation.Packets, rotation.Files));
    }

    [Theory]
    [InlineData("5files")]
    [InlineData("100")]
    [InlineData("5m")]
    [InlineData("0packets")]
    [InlineData("-1MB")]
    [InlineData("soon")]
    [InlineData(",")]
    [InlineData("")]
    public void What_could_mean_two_things_or_nothing_is_refused(string text) => Assert.Throws<UsageException>(() => Rotation.Parse(text));

    [Theory]
    [InlineData("web.pcapng", 7, "web-00007.pcapng")]
    [InlineData("/var/tmp/a.b/web", 123456, "/var/tmp/a.b/web-123456")]
    public void The_number_stands_before_the_ending(string path, int number, string expected) => Assert.Equal(expected, PacketFiles.NumberedPath(path, number));
}
