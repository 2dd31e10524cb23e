using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class TimeWaitBucketOverflowTests
{
    private const string Id = "time-wait-bucket-overflow";
    private const string Counter = "TcpExt.TCPTimeWaitOverflow";

    [Theory]
    [InlineData(0, 500, null)]
    [InlineData(0, 900, Severity.Notice)]
    [InlineData(1, 500, Severity.Warning)]
    [InlineData(19, 500, Severity.Warning)]
    [InlineData(20, 500, Severity.Critical)]
    public void It_is_as_bad_as_what_was_thrown_away(int overflow, int held, Severity? severity)
        => Assert.Equal(severity, Machine(held).Counter(Counter, 0, overflow).Find(Id)?.Severity);

    [Fact]
    public void A_few_among_many_are_no_disaster()
        => Assert.Equal(Severity.Warning, Machine(1000).Counter(Counter, 0, 30).Moved("TcpExt.TW", 5000).Find(Id)!.Severity);

    [Theory]
    [InlineData("262144", 5, Severity.Info)]
    [InlineData("2000", 5, Severity.Notice)] // half of 262144 would be Linux's own choice
    [InlineData("262144", 0, Severity.Notice)] // one sample: nobody saw it stand still
    public void What_happened_before_is_worse_while_the_limit_is_lowered(string limit, double seconds, Severity severity)
        => Assert.Equal(severity, Machine(500).Lasting(seconds).Setting("net.ipv4.tcp_max_tw_buckets", limit).Setting("net.ipv4.tcp_ehash_entries", "262144").Counter(Counter, 7, 7).Find(Id)!.Severity);

    [Fact]
    public void A_table_with_room_makes_memory_the_other_suspect()
    {
        Finding finding = Machine(10).Counter(Counter, 0, 3).Find(Id)!;
        Assert.Equal(Confidence.Likely, finding.Confidence);
        Assert.Contains("no memory", finding.ConfirmBy);
    }

    [Fact]
    public void The_remedy_is_what_the_kernel_would_have_chosen()
    {
        Finding finding = Machine(1000).Setting("net.ipv4.tcp_ehash_entries", "262144").Counter(Counter, 0, 3).Find(Id)!;
        Remedy remedy = finding.Remedies.Single(static remedy => remedy.Kind == RemedyKind.Setting);
        Assert.Equal([new SettingChange("net.ipv4.tcp_max_tw_buckets", "131072")], remedy.Settings);
        Assert.Equal("net.ipv4.tcp_max_tw_buckets = 1000", remedy.Undo);
    }

    private static ExaminationBuilder Machine(int held) => new ExaminationBuilder()
        .Setting("net.ipv4.tcp_max_tw_buckets", "1000")
        .Stat(new SocketStat(10, held, 0, 10, 0, 0));
}
