using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>The tracer as a guest of the kernel: what it needs, what it loses, and that it leaves nothing.</summary>
public sealed class BpfTracerTests
{
    [RootFact]
    public void What_finds_no_room_is_counted_to_the_last_record() => OwnThread.InNewNamespace(ns =>
    {
        using BpfTracer roomy = Open(ns), tiny = Open(ns, ringLength: Environment.SystemPageSize);
        for (int i = 0; i < 100; i++)
        {
            Connect();
        }

        int all = ReadAll(roomy).Count, read = ReadAll(tiny).Count;
        Assert.Equal(0ul, roomy.Lost);
        Assert.True(read is > 0 and < 40, $"{read} records must fit into a page");
        Assert.Equal(all, read + (int)tiny.Lost);

        Connect();
        Assert.True(ReadAll(tiny).Count > 0, "after a loss it goes on");
    });

    [RootFact]
    public void Two_at_once_both_see_everything() => OwnThread.InNewNamespace(ns =>
    {
        using BpfTracer first = Open(ns), second = Open(ns);
        for (int i = 0; i < 50; i++)
        {
            Connect();
        }

        var told = ReadAll(first).ConvertAll(static record => (record.Kind, record.Cookie, record.From, record.To, record.Local, record.Remote));
        Assert.True(told.Count >= 50 * 5, $"{told.Count} records");
        Assert.Equal(told, ReadAll(second).ConvertAll(static record => (record.Kind, record.Cookie, record.From, record.To, record.Local, record.Remote)));
    });

    [RootFact]
    public void When_it_ends_nothing_stays_neither_programs_nor_descriptors()
    {
        BpfObjects before = BpfObjects.Of(Environment.ProcessId), with;
        using (Open(0))
        {
            with = BpfObjects.Of(Environment.ProcessId).Except(before);
            Assert.Equal((with.Programs, with.Count), (with.Links, with.Left));
            Assert.True(with.Programs >= 10 && with.Maps >= 4, $"{with.Programs} programs, {with.Maps} maps");
        }

        Assert.Equal(0, BpfObjects.Of(Environment.ProcessId).Except(before).Count);
        Until.True(() => with.Left == 0, "the kernel must take everything away");
    }

    [RootFact]
    public void Who_asks_for_lives_alone_has_no_program_on_the_timers_of_the_machine() => OwnThread.InNewNamespace(ns =>
    {
        using BpfTracer tracer = Open(ns, topics: TraceTopics.Lives);
        Assert.StartsWith("2 BPF programs, ", tracer.Description);   // Of which the second is there for what the first misses.
        using Conversation talk = new(IPAddress.Loopback);
        talk.ClientSends(100);
        talk.EndByClient();

        List<TracedLife> lives = tracer.ReadLives(2);
        Assert.Equal(
            [(TcpState.FinWait2, TcpState.TimeWait, 100ul, 0ul), (TcpState.LastAck, TcpState.Closed, 0ul, 100ul)],
            lives.Select(static life => (life.Record.From, life.Record.To, life.Tail.BytesAcknowledged, life.Tail.BytesReceived)));
    });

    [RootFact]
    public void A_counter_leaves_nothing_either()
    {
        BpfObjects before = BpfObjects.Of(Environment.ProcessId), with;
        using (TransitionCounter.TryOpen([], out _)!)
        {
            with = BpfObjects.Of(Environment.ProcessId).Except(before);
            Assert.True(with.Programs >= 3, $"{with.Programs} programs");
        }

        Assert.Equal(0, BpfObjects.Of(Environment.ProcessId).Except(before).Count);
        Until.True(() => with.Left == 0, "the kernel must take everything away");
    }

    [RootFact]
    public void A_tracer_that_is_killed_leaves_nothing_attached()
    {
        using BackgroundProcess tracer = TracerProcess.Start();
        BpfObjects held = BpfObjects.Of(tracer.Id);
        Assert.True(held.Programs >= 10 && held.Left == held.Count, $"{held.Programs} programs, {held.Left} left; it said: {tracer.Greeting}");

        using (Process process = Process.GetProcessById(tracer.Id))
        {
            process.Kill();
        }

        Until.True(() => held.Left == 0, "the kernel must take everything away");
    }

    [RootFact]
    public void In_a_pid_namespace_processes_have_the_numbers_of_there()
    {
        using BackgroundProcess tracer = TracerProcess.Start("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
        string[] words = tracer.Greeting.Split(' ');
        Assert.Equal(["1", "1"], words[..2]);
        Assert.NotEmpty(words[2]);
    }

    [RootFact]
    public void Processes_of_other_pid_namespaces_have_no_number() => OwnThread.InNewNamespace(ns =>
    {
        // Theirs would name somebody else here.
        using BackgroundProcess elsewhere = TracerProcess.Start("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
        using BpfTracer tracer = Open(ns);
        using Socket listener = TestSockets.Listener();
        Assert.Equal(Environment.ProcessId, ReadAll(tracer)[0].Pid);
    });

    [RootFact]
    public void Without_the_capabilities_it_says_which_are_missing()
    {
        (BpfTracer? tracer, string? whyNot) = Unprivileged.Run(() => (BpfTracer.TryOpen(new TraceRequest { Topics = TraceTopics.StateChanges }, out string? reason), reason));
        Assert.Null(tracer);
        Assert.Equal("it needs cap_bpf and cap_perfmon (or cap_sys_admin), and this process has no cap_bpf and no cap_perfmon", whyNot);

        (TransitionCounter? counter, whyNot) = Unprivileged.Run(() => (TransitionCounter.TryOpen([], out string? reason), reason));
        Assert.Null(counter);
        Assert.Contains("cap_bpf", whyNot);
    }

    [RootFact]
    public void Where_the_kernel_hides_its_functions_only_the_end_of_time_wait_is_missing()
    {
        KernelTypes types = new(BtfFile.TryRead()!);
        using TracePlan plan = TracePlan.ForRecords(types, new TraceRequest { Topics = TraceTopics.StateChanges }, timeWaitHandler: 0, mostSockets: 1024);
        using TraceProgramSet programs = new(types);
        programs.AddStateChanges(plan);

        Assert.Equal("the end of TIME_WAIT", Assert.Single(programs.BlindSpots).What);
        Assert.Equal(3, programs.Count);
    }

    [RootFact]
    public void A_ring_that_the_kernel_refuses_is_no_exception_and_leaves_nothing()
    {
        BpfObjects before = BpfObjects.Of(Environment.ProcessId);
        Assert.Null(BpfTracer.TryOpen(new TraceRequest { Topics = TraceTopics.StateChanges, RingLength = 5000 }, out string? whyNot));
        Assert.Contains("make a BPF map", whyNot);
        Assert.Equal(0, BpfObjects.Of(Environment.ProcessId).Except(before).Count);
    }

    [RootFact]
    public void A_socket_that_was_there_before_has_an_owner_as_soon_as_its_process_does_something() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        using BpfTracer tracer = Open(ns, topics: TraceTopics.StateChanges);
        client.Shutdown(SocketShutdown.Send);

        List<TraceRecord> told = ReadAll(tracer);
        TraceRecord first = told[0], other = Assert.Single(told, static record => record.To == TcpState.CloseWait);
        Assert.Equal((TcpState.Established, TcpState.FinWait1, Environment.ProcessId, null), (first.From, first.To, first.Pid, first.NanosecondsInOldState));
        Assert.True(first.Has(TraceMarks.ByProcess));
        Assert.Equal((0, 0u), (other.Pid, other.Inode));   // Nobody has accepted it.
    });

    private static void Connect()
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        using Socket server = listener.Accept();
    }

    private static BpfTracer Open(uint ns, int ringLength = 1 << 20, TraceTopics topics = TraceScene.Everything)
        => BpfTracer.TryOpen(new TraceRequest { Topics = topics, Namespaces = ns == 0 ? [] : [ns], RingLength = ringLength }, out string? whyNot)
            ?? throw new InvalidOperationException(whyNot);

    private static List<TraceRecord> ReadAll(BpfTracer tracer)
    {
        List<TraceRecord> told = [];
        TraceBatch batch = new(tracer.Take());
        while (batch.MoveNext())
        {
            told.Add(batch.Current);
        }

        tracer.Release();
        return told;
    }
}
