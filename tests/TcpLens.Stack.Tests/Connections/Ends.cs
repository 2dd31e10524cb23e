using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// Two connections and nothing between them: what one gives the other takes, after a delay, unless a test says otherwise. Time passes when
/// it is told to.
/// </summary>
internal sealed class Ends
{
    private readonly PriorityQueue<(TcpConnection To, SentCopy Segment), (Instant At, int Order)> _flying = new();
    private int _order;

    public Ends(TcpSettings? clientSettings = null, TcpSettings? serverSettings = null, TcpConnection? client = null, TcpConnection? server = null)
    {
        Client = client ?? new(clientSettings ?? TcpSettings.Default, new ConnectionStart { InitialSequence = new(0xffff_fff0) }, ClientCounters);
        Server = server ?? new(serverSettings ?? TcpSettings.Default, new ConnectionStart { InitialSequence = new(5_000) }, ServerCounters);
    }

    public TcpConnection Client { get; }

    public TcpConnection Server { get; }

    public TcpCounters ClientCounters { get; } = new();

    public TcpCounters ServerCounters { get; } = new();

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Asked for each segment; true: it is lost.</summary>
    public Func<TcpConnection, SentCopy, bool> Loses { get; set; } = static (_, _) => false;

    /// <summary>Every segment that left, lost ones too.</summary>
    public List<(TcpConnection From, SentCopy Segment)> Sent { get; } = [];

    public static Ends Connected(TcpSettings? client = null, TcpSettings? server = null)
    {
        var ends = new Ends(client, server);
        ends.Server.Listen();
        ends.Client.Connect(ends.Now);
        ends.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal((TcpState.Established, TcpState.Established), (ends.Client.State, ends.Server.State));
        return ends;
    }

    /// <summary>Lets both ends say what they have to say, and time pass, with everything that happens in it.</summary>
    public void Run(TimeSpan time)
    {
        Instant end = Now + time;
        Drain(Client, Server);
        Drain(Server, Client);
        while (NextAt <= end)
        {
            Now = NextAt > Now ? NextAt : Now;
            Deliver();
            foreach ((TcpConnection from, TcpConnection to) in new[] { (Client, Server), (Server, Client) })
            {
                if (from.NextTimeout <= Now)
                {
                    from.OnTimeout(Now);
                }

                Drain(from, to);
            }
        }

        Now = end;
    }

    /// <summary>Until it is so, at most for so long.</summary>
    public void RunUntil(Func<bool> condition, TimeSpan longest)
    {
        Instant end = Now + longest;
        while (!condition() && Now < end)
        {
            Run(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(condition());
    }

    /// <summary>Gives a segment to an end as if it had come, and returns what the end says to it at once.</summary>
    public (DropReason Reason, List<SentCopy> Answers) Inject(TcpConnection to, scoped in TcpSegment segment)
    {
        DropReason reason = to.OnSegment(segment, Now);
        var answers = new List<SentCopy>();
        while (to.TryTakeSegment(Now, out TcpSegment answer))
        {
            answers.Add(SentCopy.Of(answer));
        }

        return (reason, answers);
    }

    private Instant NextAt
    {
        get
        {
            Instant timers = Client.NextTimeout < Server.NextTimeout ? Client.NextTimeout : Server.NextTimeout;
            return _flying.TryPeek(out _, out var first) && first.At < timers ? first.At : timers;
        }
    }

    private void Deliver()
    {
        while (_flying.TryPeek(out _, out var first) && first.At <= Now)
        {
            (TcpConnection to, SentCopy segment) = _flying.Dequeue();
            to.OnSegment(segment.Segment, Now);
            Drain(to, to == Client ? Server : Client);
        }
    }

    private void Drain(TcpConnection from, TcpConnection to)
    {
        while (from.TryTakeSegment(Now, out TcpSegment segment))
        {
            SentCopy copy = SentCopy.Of(segment);
            Sent.Add((from, copy));
            if (!Loses(from, copy))
            {
                _flying.Enqueue((to, copy), (Now + Delay, _order++));
            }
        }
    }
}

/// <summary>A segment with a payload of its own.</summary>
internal sealed record SentCopy(SeqNum Sequence, SeqNum Acknowledgment, ControlBits Bits, WindowField Window, SegmentOptions Options, byte[] Payload)
{
    public EcnCodepoint Ecn { get; init; }

    public ushort UrgentPointer { get; init; }

    public ushort SegmentSize { get; init; }

    public TcpSegment Segment => new()
    {
        Sequence = Sequence,
        Acknowledgment = Acknowledgment,
        Bits = Bits,
        Window = Window,
        Options = Options,
        Payload = Payload,
        Ecn = Ecn,
        UrgentPointer = UrgentPointer,
        SegmentSize = SegmentSize,
    };

    public static SentCopy Of(scoped in TcpSegment segment)
        => new(segment.Sequence, segment.Acknowledgment, segment.Bits, segment.Window, segment.Options, segment.Payload.ToArray())
        {
            Ecn = segment.Ecn,
            UrgentPointer = segment.UrgentPointer,
            SegmentSize = segment.SegmentSize,
        };

    public bool Has(ControlBits bits) => Bits.Has(bits);
}
