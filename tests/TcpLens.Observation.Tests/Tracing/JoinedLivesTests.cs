using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Tracing;

public sealed class JoinedLivesTests : IDisposable
{
    private readonly TraceList _paths = new();
    private readonly TraceList _counts = new();
    private Instant _now = Lives.Now;

    public void Dispose()
    {
        _paths.Dispose();
        _counts.Dispose();
    }

    [Fact]
    public void What_is_no_life_passes_at_once_and_in_order()
    {
        using JoinedLives joined = Join();
        TraceRecord first = new() { Kind = TraceKind.StateChange, AtNanoseconds = 1, From = TcpState.Established, To = TcpState.CloseWait };
        TraceRecord second = new() { Kind = TraceKind.ResetSent, AtNanoseconds = 2 };
        _paths.Add(in first);
        AddPath(4001);
        _paths.Add(in second);

        Assert.Equal([first, second], Take(joined).Select(told => told.Record));
        Assert.Empty(Take(joined));
    }

    [Fact]
    public void A_life_is_told_whole_when_its_second_half_comes_with_a_later_look()
    {
        using JoinedLives joined = Join();
        AddPath(4001);
        Assert.Empty(Take(joined));

        _now += TimeSpan.FromMilliseconds(20);
        AddCounts(4001);

        (TraceRecord life, LifeTail tail) = Assert.Single(Take(joined));
        Assert.Equal((812, 77ul, Lives.Passive), (life.Pid, tail.BytesAcknowledged, tail.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_life_of_which_one_source_says_nothing_is_told_by_the_other_within_a_tenth_of_a_second(bool isPath)
    {
        using JoinedLives joined = Join();
        if (isPath)
        {
            AddPath(4001);
        }
        else
        {
            AddCounts(4001);
        }

        Instant began = _now;
        List<(TraceRecord Record, LifeTail Tail)> told = Take(joined);
        while (told.Count == 0)
        {
            _now += TimeSpan.FromMilliseconds(20);
            told = Take(joined);
        }

        Assert.True(_now - began <= TimeSpan.FromMilliseconds(100));
        Assert.Equal(!isPath, Assert.Single(told).Tail.HasCounts);
    }

    [Fact]
    public void When_both_sources_have_ended_nothing_is_waited_for()
    {
        using JoinedLives joined = Join();
        AddPath(4001);
        AddCounts(4002);
        _paths.End();
        Assert.Empty(Take(joined));
        Assert.False(joined.IsAtEnd);

        _counts.End();

        Assert.Equal(2, Take(joined).Count);
        Assert.True(joined.IsAtEnd);
    }

    [Fact]
    public void Losses_of_both_are_losses()
    {
        using JoinedLives joined = Join();
        _paths.Lose(3);
        _counts.Lose(4);

        Assert.Equal(7ul, joined.Lost);
    }

    [Fact]
    public void What_is_added_while_octets_are_read_is_given_out_next()
    {
        TraceRecord first = new() { AtNanoseconds = 1 };
        TraceRecord second = new() { AtNanoseconds = 2 };
        _paths.Add(in first);
        ReadOnlySpan<byte> octets = _paths.Take();
        _paths.Add(in second);

        Assert.Equal(first, Assert.Single(Lives.In(octets)).Record);
        _paths.Release();
        Assert.Equal(second, Assert.Single(Lives.In(_paths.Take())).Record);
    }

    private static List<(TraceRecord Record, LifeTail Tail)> Take(JoinedLives joined)
    {
        List<(TraceRecord, LifeTail)> told = Lives.In(joined.Take());
        joined.Release();
        return told;
    }

    private JoinedLives Join() => new(_paths, _counts, () => _now, []);

    private void AddPath(ushort port)
    {
        (TraceRecord record, LifeTail tail) = Lives.OfPath(port);
        _paths.Add(in record, in tail);
    }

    private void AddCounts(ushort port)
    {
        (TraceRecord record, LifeTail tail) = Lives.OfCounts(port);
        _counts.Add(in record, in tail);
    }
}
