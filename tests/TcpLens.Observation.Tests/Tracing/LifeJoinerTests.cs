using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Tracing;

public sealed class LifeJoinerTests
{
    private readonly TraceFrames _told = new();
    private readonly LifeJoiner _joiner;

    public LifeJoinerTests() => _joiner = new LifeJoiner(_told);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_halves_are_one_life_at_once_whichever_comes_first(bool pathFirst)
    {
        Add(4001, isPath: pathFirst);
        Assert.Empty(Told());
        Add(4001, isPath: !pathFirst);

        (TraceRecord life, LifeTail tail) = Assert.Single(Told());
        Assert.Equal((Lives.Ended, Lives.Born, 812, "nginx"), (life.AtNanoseconds, life.SinceNanoseconds, life.Pid, life.Command.ToString()));
        Assert.Equal((74_001ul, 4026531840u, 33u, 120u), (life.Cookie, life.Namespace, life.UserId, life.RttMicroseconds));
        Assert.Equal((Lives.Passive, Lives.Born + 1000), (tail.Path, tail.EstablishedNanoseconds));
        Assert.Equal((77ul, 4u, 6u, 90u), (tail.BytesAcknowledged, tail.SegmentsSent, tail.SegmentsReceived, tail.MinRttMicroseconds));
        Assert.Equal(Instant.Never, _joiner.NextTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_half_whose_other_one_is_lost_is_told_alone_when_it_has_waited_long_enough_and_not_before(bool isPath)
    {
        Add(4001, isPath);
        _joiner.OnTimeout(Lives.Now + (LifeJoiner.Patience - TimeSpan.FromMilliseconds(1)));
        Assert.Empty(Told());
        Assert.Equal(Lives.Now + LifeJoiner.Patience, _joiner.NextTimeout);

        _joiner.OnTimeout(_joiner.NextTimeout);

        Assert.Equal(isPath ? Lives.OfPath(4001) : Lives.OfCounts(4001), Assert.Single(Told()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_half_that_comes_too_late_is_no_second_life(bool isPath)
    {
        Add(4001, isPath);
        _joiner.OnTimeout(Lives.Now + LifeJoiner.Patience);
        _told.Clear();

        Add(4001, !isPath);
        _joiner.OnEnd();

        Assert.Empty(Told());
        Assert.Equal(1ul, _joiner.TooLate);
    }

    [Fact]
    public void Lives_on_the_same_addresses_and_ports_are_paired_in_their_order()
    {
        for (ulong life = 1; life <= 3; life++)
        {
            (TraceRecord record, LifeTail tail) = Lives.OfPath(4001);
            _joiner.OnPath(record with { AtNanoseconds = life }, in tail, Lives.Now);
        }

        for (ulong life = 1; life <= 3; life++)
        {
            (TraceRecord record, LifeTail tail) = Lives.OfCounts(4001);
            _joiner.OnCounts(record with { Cookie = life }, in tail, Lives.Now);
        }

        Assert.Equal([(1ul, 1ul), (2ul, 2ul), (3ul, 3ul)], Told().Select(life => (life.Record.AtNanoseconds, life.Record.Cookie)));
    }

    [Fact]
    public void A_lost_half_spoils_no_later_life_on_the_same_addresses_and_ports()
    {
        Add(4001, isPath: true);
        _joiner.OnTimeout(Lives.Now + LifeJoiner.Patience);
        _told.Clear();

        Add(4001, isPath: true);
        Add(4001, isPath: false);

        Assert.True(Assert.Single(Told()).Tail.HasCounts);
        Assert.Equal(0ul, _joiner.TooLate);
    }

    [Fact]
    public void The_two_ends_of_a_connection_on_one_machine_are_two_lives()
    {
        Add(4001, isPath: true);
        (TraceRecord counts, LifeTail tail) = Lives.OfCounts(4001);
        TraceRecord otherEnd = counts with
        {
            LocalAddress = counts.RemoteAddress,
            LocalPort = counts.RemotePort,
            RemoteAddress = counts.LocalAddress,
            RemotePort = counts.LocalPort,
        };

        _joiner.OnCounts(in otherEnd, in tail, Lives.Now);

        Assert.Equal(2, _joiner.Waiting);
    }

    [Theory]
    [InlineData(new[] { TcpState.Established, TcpState.CloseWait, TcpState.LastAck, TcpState.Closed }, 1001, 1000)]
    [InlineData(new[] { TcpState.Established, TcpState.FinWait1, TcpState.Closing, TcpState.TimeWait }, 1001, 1000)]
    [InlineData(new[] { TcpState.Established, TcpState.Closed }, 1001, 1001)]
    [InlineData(new[] { TcpState.Established, TcpState.CloseWait, TcpState.LastAck, TcpState.Closed }, 0, 0)]
    public void An_octet_that_the_path_knows_to_be_the_peers_fin_is_none_of_the_stream(TcpState[] states, ulong counted, ulong octets)
    {
        (TraceRecord path, LifeTail pathTail) = Lives.OfPath(4001, Lives.Path(states));
        (TraceRecord counts, LifeTail countsTail) = Lives.OfCounts(4001, counted);
        _joiner.OnPath(in path, in pathTail, Lives.Now);
        _joiner.OnCounts(in counts, in countsTail, Lives.Now);

        Assert.Equal(octets, Assert.Single(Told()).Tail.BytesReceived);
    }

    [Fact]
    public void An_owner_and_a_first_sight_that_only_the_notice_knows_are_told_as_what_they_are()
    {
        (TraceRecord path, LifeTail pathTail) = Lives.OfPath(4001);
        (TraceRecord counts, LifeTail countsTail) = Lives.OfCounts(4001);
        path = path with { Pid = 0, Command = default, SinceNanoseconds = 0 };
        counts = counts with { Pid = 9, Command = TaskName.From("curl"u8), SinceNanoseconds = Lives.Born, Marks = TraceMarks.SinceFirstSight };
        _joiner.OnPath(in path, in pathTail, Lives.Now);
        _joiner.OnCounts(in counts, in countsTail, Lives.Now);

        TraceRecord life = Assert.Single(Told()).Record;
        Assert.Equal((9, "curl", Lives.Born), (life.Pid, life.Command.ToString(), life.SinceNanoseconds));
        Assert.True(life.Has(TraceMarks.SinceFirstSight));
    }

    [Fact]
    public void When_too_many_wait_the_oldest_waits_no_longer_and_none_is_lost()
    {
        for (int life = 0; life < LifeJoiner.WaitingMax + 3; life++)
        {
            Add((ushort)life, isPath: true);
        }

        Assert.Equal(LifeJoiner.WaitingMax, _joiner.Waiting);
        Assert.Equal([0, 1, 2], Told().Select(life => (int)life.Record.RemotePort));
        _joiner.OnEnd();
        Assert.Equal(LifeJoiner.WaitingMax + 3, Told().Count);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_life()
    {
        Run();   // Takes the memory that is kept.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A thousand lives, of which every tenth lacks a half.</summary>
    private void Run()
    {
        for (ushort life = 0; life < 1000; life++)
        {
            Add(life, isPath: true);
        }

        for (ushort life = 0; life < 1000; life++)
        {
            if (life % 10 != 0)
            {
                Add(life, isPath: false);
            }
        }

        _joiner.OnEnd();
        for (ushort life = 0; life < 1000; life += 10)
        {
            Add(life, isPath: false);
        }

        _told.Clear();
    }

    private void Add(ushort port, bool isPath)
    {
        (TraceRecord record, LifeTail tail) = isPath ? Lives.OfPath(port) : Lives.OfCounts(port);
        if (isPath)
        {
            _joiner.OnPath(in record, in tail, Lives.Now);
        }
        else
        {
            _joiner.OnCounts(in record, in tail, Lives.Now);
        }
    }

    private List<(TraceRecord Record, LifeTail Tail)> Told() => Lives.In(_told.Octets);
}
