using FsCheck;
using FsCheck.Fluent;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class PerfTranslatorTests
{
    private const ulong One = 0xffff_8881_0000_1000;
    private const ulong Other = 0xffff_8881_0000_2000;
    private const ulong Time = PerfOctets.Time;
    private const int Refused = 111;
    private const int TimedOut = 110;

    private static readonly TracepointFormat States = Formats.Parse(Formats.SetState);
    private static readonly TracepointFormat Errors = Formats.Parse(Formats.ErrorReport);

    [Fact]
    public void A_passive_open_is_one_record_with_the_time_of_its_birth()
    {
        Translated told = New().Feed(
            PerfOctets.Change(States, One, Listen, SynReceived, time: Time + 1),
            PerfOctets.Change(States, One, SynReceived, Established, time: Time + 5),
            PerfOctets.Change(States, One, Established, CloseWait, time: Time + 9));
        Assert.Equal([(SynReceived, Established, TraceMarks.Born, 4ul), (Established, CloseWait, TraceMarks.None, 4ul)],
            told.Records.Select(record => (record.From, record.To, record.Marks, record.NanosecondsInOldState!.Value)));
    }

    [Fact]
    public void A_change_whose_beginning_was_not_seen_has_no_time()
    {
        Translated told = New().Feed(
            PerfOctets.Change(States, One, Established, FinWait1, pid: 7),
            PerfOctets.Change(States, One, Closing, Closed, time: Time + 1));
        Assert.All(told.Records, record => Assert.Null(record.NanosecondsInOldState));
        Assert.Equal([7, 0], told.Records.Select(record => record.Pid));
    }

    [Fact]
    public void A_new_socket_at_the_place_of_an_old_one_has_nothing_of_it()
    {
        Translated told = New().Feed(
            PerfOctets.Renamed(7, 7, "before"),
            PerfOctets.Change(States, One, Closed, SynSent, pid: 7),
            PerfOctets.Change(States, One, Listen, SynReceived, time: Time + 1),
            PerfOctets.Change(States, One, SynReceived, Established, time: Time + 2));
        Assert.Equal((7, "before", 0ul), (told.Records[0].Pid, $"{told.Records[0].Command}", told.Records[0].SinceNanoseconds));
        Assert.Equal((0, "", Time + 1), (told.Last.Pid, $"{told.Last.Command}", told.Last.SinceNanoseconds));
    }

    [Fact]
    public void Only_what_a_system_call_alone_does_names_the_task_that_ran()
    {
        foreach (TcpState from in Enum.GetValues<TcpState>())
        {
            foreach (TcpState to in Enum.GetValues<TcpState>().Where(to => (from, to) != (Listen, SynReceived)))
            {
                TraceRecord record = New().Feed(PerfOctets.Renamed(7, 7, "someone"), PerfOctets.Change(States, One, from, to, pid: 7)).Last;
                bool isByProcess = (from, to) is (Closed, SynSent) or (Closed, Listen) or (Listen, Closed)
                    or (SynReceived, FinWait1) or (Established, FinWait1) or (CloseWait, LastAck);
                Assert.Equal(isByProcess ? (7, TraceMarks.ByProcess, "someone") : (0, TraceMarks.None, ""), (record.Pid, record.Marks, $"{record.Command}"));
            }
        }
    }

    [Fact]
    public void Who_opened_a_connection_is_remembered_until_it_closes()
    {
        Translated told = New().Feed(
            PerfOctets.Renamed(7, 7, "opener"),
            PerfOctets.Change(States, One, Closed, SynSent, pid: 7),
            PerfOctets.Change(States, One, SynSent, Established, pid: 99),
            PerfOctets.Change(States, One, Established, Closed, pid: 99),
            PerfOctets.Change(States, One, Closed, SynSent, pid: 0));
        Assert.Equal([7, 7, 7, 0], told.Records.Select(record => record.Pid));
    }

    [Fact]
    public void A_thread_of_the_kernel_is_nobodys_process()
    {
        string proc = Directory.CreateTempSubdirectory("tcplens").FullName;
        Directory.CreateDirectory($"{proc}/2");
        File.WriteAllText($"{proc}/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0");
        PerfTranslator translator = new(New().Plan, new TaskNames(proc));
        byte[] octets = new byte[PerfTranslator.MostOctets];
        Assert.Equal(0, translator.Translate(new PerfRecord(PerfOctets.Began(9, 2, 9)), default, octets));
        int length = translator.Translate(new PerfRecord(PerfOctets.Change(States, One, Closed, SynSent, pid: 9)), default, octets);
        TraceBatch batch = new(octets.AsSpan(0, length));
        Assert.True(batch.MoveNext());
        Assert.Equal((0, TraceMarks.ByKernel), (batch.Current.Pid, batch.Current.Marks));
        Directory.Delete(proc, recursive: true);
    }

    [Theory]
    [InlineData(FinWait2, 0, TimeWait)]
    [InlineData(Closing, 0, TimeWait)]
    [InlineData(FinWait2, 104, Closed)]
    [InlineData(FinWait1, 0, Closed)]
    [InlineData(LastAck, 0, Closed)]
    [InlineData(Established, 0, Closed)]
    public void Where_the_end_of_a_socket_begins_a_time_wait_it_is_told_as_that(TcpState from, int errno, TcpState to)
        => Assert.Equal(to, New().Feed(PerfOctets.Change(States, One, from, Closed), PerfOctets.Error(Errors, errno)).Last.To);

    [Fact]
    public void The_error_that_the_same_processor_reports_next_is_why_a_connection_ended()
    {
        byte[] end = PerfOctets.Change(States, One, SynSent, Closed);
        Assert.Equal(Refused, New().Feed(end, PerfOctets.Error(Errors, Refused)).Last.Errno);
        Assert.Equal(0, New().Feed(end, PerfOctets.Error(Errors, Refused, localPort: 40001)).Last.Errno);
        Assert.Equal(0, New().Feed(end, PerfOctets.Error(Errors, Refused, remotePort: 444)).Last.Errno);
        Assert.Equal(0, New().Feed(end, PerfOctets.Change(States, Other, SynSent, Established)).Records[0].Errno);
        Assert.Equal(0, New().Feed(end).Last.Errno);
    }

    [Fact]
    public void An_error_that_was_reported_just_before_is_why_too_as_older_kernels_do()
    {
        Assert.Equal(TimedOut, New().Feed(PerfOctets.Error(Errors, TimedOut), PerfOctets.Change(States, One, Established, Closed, time: Time + 500)).Last.Errno);
        Assert.Equal(0, New().Feed(PerfOctets.Error(Errors, TimedOut), PerfOctets.Change(States, One, Established, Closed, time: Time + 2_000_000)).Last.Errno);
        Assert.Equal(0, New().Feed(PerfOctets.Error(Errors, TimedOut, localPort: 1), PerfOctets.Change(States, One, Established, Closed, time: Time + 500)).Last.Errno);
        Assert.Equal(0, New().Feed(PerfOctets.Error(Errors, TimedOut), PerfOctets.Change(States, One, Established, FinWait1, time: Time + 500)).Last.Errno);
    }

    [Fact]
    public void A_life_has_its_path_its_birth_and_how_often_it_sent_again()
    {
        TracepointFormat again = Formats.Parse(Formats.Retransmit);
        byte[] retransmission = PerfOctets.Sample(again, 0, Time + 3, ("skaddr", One), ("state", 1), ("sport", 40000), ("dport", 443), ("family", 2));
        Translated told = new Translated(TraceTopics.Lives, "", Formats.SetState, Formats.Retransmit).Feed(
            PerfOctets.Change(States, One, Closed, SynSent, pid: 7, time: Time + 1),
            PerfOctets.Change(States, One, SynSent, Established, time: Time + 2),
            retransmission,
            retransmission,
            PerfOctets.Change(States, One, Established, FinWait1, time: Time + 4),
            PerfOctets.Change(States, One, FinWait1, FinWait2, time: Time + 5),
            PerfOctets.Change(States, One, FinWait2, Closed, time: Time + 6));
        TraceRecord life = Assert.Single(told.Records);
        Assert.Equal((TraceKind.LifeEnded, FinWait2, TimeWait, Time + 1, 7), (life.Kind, life.From, life.To, life.SinceNanoseconds, life.Pid));
        LifeTail tail = told.Tails[0];
        Assert.Equal((Time + 2, 2u, Path(SynSent, Established, FinWait1, FinWait2, TimeWait)), (tail.EstablishedNanoseconds, tail.Retransmits, tail.Path));
    }

    [Fact]
    public void A_life_of_which_only_the_end_was_seen_is_told_with_what_is_known()
    {
        Translated told = new Translated(TraceTopics.Lives, "", Formats.SetState).Feed(
            PerfOctets.Change(States, One, CloseWait, LastAck, pid: 7),
            PerfOctets.Change(States, One, LastAck, Closed, time: Time + 1),
            PerfOctets.Change(States, Other, Established, Closed, time: Time + 1));
        Assert.Equal([(7, 0ul), (0, 0ul)], told.Records.Select(record => (record.Pid, record.SinceNanoseconds)));
        Assert.Equal([Path(CloseWait, LastAck), Path(Established)], told.Tails.Select(tail => tail.Path));
    }

    [Theory]
    [InlineData(Listen, Closed)]
    [InlineData(Closed, Closed)]
    public void What_was_no_connection_had_no_life(TcpState from, TcpState to)
        => Assert.Empty(new Translated(TraceTopics.Lives, "", Formats.SetState).Feed(PerfOctets.Change(States, One, from, to)).Records);

    [Fact]
    public void Connects_are_told_when_they_end_and_forgotten()
    {
        Translated told = new Translated(TraceTopics.Connects, "", Formats.SetState).Feed(
            PerfOctets.Change(States, One, Closed, SynSent, time: Time + 1),
            PerfOctets.Change(States, One, SynSent, Established, time: Time + 3),
            PerfOctets.Change(States, One, Established, Closed, time: Time + 9));
        Assert.Equal((SynSent, Established, 2ul), Assert.Single(told.Records.Select(record => (record.From, record.To, record.NanosecondsInOldState!.Value))));
    }

    [Fact]
    public void A_socket_that_got_a_port_nobody_asked_for_is_forgotten()
    {
        Translated told = new Translated(TraceTopics.StateChanges, "sport = :22", Formats.SetState).Feed(
            PerfOctets.Change(States, One, Closed, SynSent, localPort: 0),
            PerfOctets.Change(States, One, SynSent, Established),
            PerfOctets.Change(States, Other, SynSent, Established, localPort: 22));
        Assert.Equal([0, 22], told.Records.Select(record => (int)record.LocalPort));
    }

    [Fact]
    public void Other_protocols_other_tracepoints_and_cut_records_tell_nothing()
    {
        byte[] sctp = PerfOctets.Sample(States, 0, Time, ("skaddr", One), ("oldstate", 1), ("newstate", 7), ("protocol", 132));
        byte[] whole = PerfOctets.Change(States, One, Established, Closed);
        Translated told = New().Feed(sctp, PerfOctets.Sample(Formats.Parse(Formats.Retransmit), 0, Time, ("skaddr", One)), []);
        Assert.Empty(told.Records);
        Assert.Empty(New().Feed(whole[..40]).Records);
    }

    [Fact]
    public void Any_octets_at_all_are_no_exception_and_never_more_than_there_is_room_for()
    {
        Translated told = new(TraceTopics.StateChanges | TraceTopics.Lives | TraceTopics.AllEvents, "sport = :22 or sport = :40000",
            Formats.SetState, Formats.ErrorReport, Formats.SendReset, Formats.Retransmit, Formats.FreeSkb);
        byte[][] seeds =
        [
            PerfOctets.Change(States, One, FinWait2, Closed), PerfOctets.Error(Errors, Refused), PerfOctets.Renamed(7, 7, "name"), PerfOctets.Began(8, 7, 8),
            PerfOctets.Sample(Formats.Parse(Formats.FreeSkb), 0, Time, ("rx_sk", One), ("protocol", 0x800), ("reason", 5)),
        ];
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Seed, byte At, byte Value, byte Cut)[]>(),
            changes =>
            {
                foreach ((byte seed, byte at, byte value, byte cut) in changes)
                {
                    byte[] octets = [.. seeds[seed % seeds.Length]];
                    octets[at % octets.Length] = value;
                    told.Feed(octets[..^(cut % 16)], octets);
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event()
    {
        PerfTranslator translator = new Translated(TraceTopics.StateChanges | TraceTopics.Lives | TraceTopics.AllEvents, "dport = :443",
            Formats.SetState, Formats.ErrorReport, Formats.Retransmit, Formats.FreeSkb).Translator;
        byte[][] life =
        [
            PerfOctets.Began(7, 6, 7), PerfOctets.Renamed(7, 7, "name", isExec: true),
            PerfOctets.Change(States, One, Closed, SynSent, pid: 7), PerfOctets.Change(States, One, SynSent, Established),
            PerfOctets.Sample(Formats.Parse(Formats.Retransmit), 0, Time, ("skaddr", One), ("dport", 443)),
            PerfOctets.Sample(Formats.Parse(Formats.FreeSkb), 0, Time, ("rx_sk", One), ("protocol", 0x800), ("reason", 5)),
            PerfOctets.Change(States, One, Established, FinWait1, pid: 8), PerfOctets.Change(States, One, FinWait1, FinWait2),
            PerfOctets.Change(States, One, FinWait2, Closed), PerfOctets.Error(Errors, Refused),
        ];
        byte[] octets = new byte[PerfTranslator.MostOctets];
        long[] allocated = new long[4];
        long told = 0;
        for (int round = 0; round < allocated.Length; round++)   // In the first ones the runtime itself may allocate, when it compiles anew.
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100_000; i++)
            {
                told += translator.Translate(new PerfRecord(life[i % life.Length]), new PerfRecord(life[(i + 1) % life.Length]), octets);
            }

            allocated[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Contains(0, allocated);
        Assert.True(told > 4 * 80_000 * TraceRecord.Length);
    }

    private static Translated New() => new(TraceTopics.StateChanges, "", Formats.SetState, Formats.ErrorReport);

    private static StatePath Path(params TcpState[] states) => states.Aggregate(default(StatePath), (path, state) => path.Then(state));
}
