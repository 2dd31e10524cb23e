using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class StalledReaderTests
{
    private const string Id = "stalled-reader";

    [Theory]
    [InlineData(79_000, 3, null)]
    [InlineData(81_000, 3, Severity.Notice)]
    [InlineData(81_000, 12, Severity.Warning)]
    public void A_buffer_is_full_from_80_per_cent_on(uint allocated, double seconds, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(1, _ => Full(allocated, seconds)).Find(Id)?.Severity);

    /// <summary>A closed window of a buffer with much room is the kernel's want of memory, whoever reads.</summary>
    [Theory]
    [InlineData(49_000, null)]
    [InlineData(51_000, Severity.Notice)]
    public void Half_is_full_when_the_window_is_closed(uint allocated, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(1, _ => Closed(Full(allocated, 3))).Find(Id)?.Severity);

    [Fact]
    public void A_closed_window_is_enough_where_memory_is_unknown()
        => Assert.Equal(Severity.Notice, new ExaminationBuilder().Both(Closed(Full(0, 3)) with { Memory = null }).Find(Id)?.Severity);

    [Fact]
    public void Several_with_windows_that_closed_meanwhile_are_critical()
        => Assert.Equal(Severity.Critical, new ExaminationBuilder().Both(3, _ => Full(99_000, 1)).Moved("TcpExt.TCPToZeroWindowAdv", 3).Find(Id)!.Severity);

    [Fact]
    public void A_queue_that_changes_is_read()
    {
        SocketRecord full = Full(99_000, 12);
        Assert.Null(new ExaminationBuilder().Before(full).Now(full with { Entry = full.Entry with { ReceiveQueue = 60_001 } }).Find(Id));
    }

    [Fact]
    public void A_connection_nobody_has_accepted_has_another_name()
    {
        SocketRecord full = Full(99_000, 12);
        Assert.Null(new ExaminationBuilder().Both(full with { Process = null, Entry = full.Entry with { Inode = 0 } }).Find(Id));
    }

    [Fact]
    public void Without_memory_details_it_says_so()
        => Assert.Contains("memory", Assert.Single(new ExaminationBuilder().Both(Full(99_000, 12) with { Memory = null }).Examine(Id).Unchecked).Why);

    private static SocketRecord Closed(SocketRecord socket) => socket with { Vitals = socket.Vitals!.Value with { ReceiveWindowBytes = 0 } };

    private static SocketRecord Full(uint allocated, double seconds)
        => Made.Socket(TcpState.Established, "10.0.0.1:80", "10.0.9.1:5000", Made.Java, receive: 60_000) with
        {
            Memory = new SocketMemory { ReceiveAllocated = allocated, ReceiveBuffer = 100_000 },
            Vitals = new TcpVitals { LastDataReceivedMilliseconds = (uint)(seconds * 1000), BytesReceived = 60_000 },
        };
}
