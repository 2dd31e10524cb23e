using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// One connection, and a peer that is the test itself: it gives segments and reads what comes back, as text. Numbers count from the SYN of
/// each end, which is 0, so that the first octet is 1; both spaces wrap inside the first window.
/// </summary>
internal sealed class Peer
{
    private static readonly SeqNum OurInitial = new(uint.MaxValue - 700);
    private static readonly SeqNum TheirInitial = new(uint.MaxValue - 300);

    private SeqNum _sentEnd = OurInitial;
    private SeqNum _givenEnd = TheirInitial;

    public Peer(TcpSettings? settings = null, ConnectionStart? start = null)
    {
        Settings = settings ?? TcpSettings.Default;
        Subject = new(Settings, (start ?? new ConnectionStart()) with { InitialSequence = OurInitial }, Counters);
    }

    public TcpSettings Settings { get; }

    public TcpConnection Subject { get; }

    public TcpCounters Counters { get; } = new();

    public Instant Now { get; private set; } = new(5_000_000_000);

    /// <summary>What the last segment given was told.</summary>
    public DropReason Reason { get; private set; }

    /// <summary>What left at the last <see cref="Give"/>, <see cref="Take"/> or <see cref="Pass(TimeSpan)"/>.</summary>
    public List<SentCopy> Left { get; private set; } = [];

    /// <summary>When each of <see cref="Left"/> did.</summary>
    public List<Instant> LeftAt { get; private set; } = [];

    /// <summary>The only segment that left.</summary>
    public SentCopy Only => Assert.Single(Left);

    /// <summary>Everything that was told since this was last asked.</summary>
    public ConnectionEvents Events
    {
        get
        {
            ConnectionEvents all = ConnectionEvents.None;
            while (Subject.TryTakeEvent(out ConnectionEvents one))
            {
                all |= one;
            }

            return all;
        }
    }

    /// <summary>An MSS and nothing else, unless a test says more.</summary>
    public static SegmentOptions Mss(ushort octets = 1460) => new() { Present = SegmentOptionSet.MaximumSegmentSize, MaximumSegmentSize = octets };

    public static SegmentOptions Timestamp(uint value, uint echo = 0) => new() { Present = SegmentOptionSet.Timestamps, TimestampValue = value, TimestampEcho = echo };

    public static SegmentOptions Sack(params ReadOnlySpan<(int Left, int Right)> blocks)
    {
        SackBlocks sack = default;
        foreach ((int left, int right) in blocks)
        {
            sack.TryAdd(new(OurInitial + (uint)left, OurInitial + (uint)right));
        }

        return new() { Present = SegmentOptionSet.Sack, Sack = sack };
    }

    /// <summary>A number of ours as it stands in segments.</summary>
    public static SeqNum Ours(int number) => OurInitial + (uint)number;

    /// <summary>In LISTEN.</summary>
    public static Peer Listening(TcpSettings? settings = null, ConnectionStart? start = null)
    {
        var peer = new Peer(settings, start);
        peer.Subject.Listen();
        return peer;
    }

    /// <summary>In SYN-SENT; the SYN is in <see cref="Left"/>.</summary>
    public static Peer Connecting(TcpSettings? settings = null, ConnectionStart? start = null)
    {
        var peer = new Peer(settings, start);
        peer.Subject.Connect(peer.Now);
        peer.Take();
        return peer;
    }

    /// <summary>In ESTABLISHED, by a passive open.</summary>
    public static Peer Established(TcpSettings? settings = null, SegmentOptions? options = null, ushort window = ushort.MaxValue, ConnectionStart? start = null)
    {
        Peer peer = Listening(settings, start);
        peer.Give(ControlBits.Syn, options: options ?? Mss(), window: window);
        peer.Give(ControlBits.Ack, options: Later(options), window: window);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        _ = peer.Events;
        return peer;
    }

    /// <summary>In ESTABLISHED, by an active open.</summary>
    public static Peer Connected(TcpSettings? settings = null, SegmentOptions? options = null, ushort window = ushort.MaxValue, ConnectionStart? start = null)
    {
        Peer peer = Connecting(settings, start);
        peer.Give(ControlBits.Syn | ControlBits.Ack, options: options ?? Mss(), window: window);
        Assert.Equal(TcpState.Established, peer.Subject.State);
        _ = peer.Events;
        return peer;
    }

    /// <summary>A segment arrives; what is said to it at once, as text (<see cref="Text"/>).</summary>
    /// <param name="bits">Its control bits.</param>
    /// <param name="seq">From their SYN; when not given the number after all that they sent.</param>
    /// <param name="ack">From our SYN; when not given everything that we sent.</param>
    /// <param name="length">Octets of payload; which ones depends on their number alone (<see cref="Octet"/>).</param>
    /// <param name="window">As the header carries it.</param>
    /// <param name="options">None when not given.</param>
    /// <param name="urgent">The urgent pointer.</param>
    /// <param name="ecn">Of the IP header.</param>
    /// <param name="waits">More comes before anything may leave.</param>
    public string Give(
        ControlBits bits, int? seq = null, int? ack = null, int length = 0, ushort window = ushort.MaxValue,
        SegmentOptions? options = null, int urgent = 0, EcnCodepoint ecn = EcnCodepoint.NotCapable, bool waits = false)
    {
        SeqNum start = seq is { } at ? TheirInitial + (uint)at : _givenEnd;
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++)
        {
            payload[i] = Octet(start - TheirInitial + i);
        }

        var segment = new TcpSegment
        {
            Sequence = start,
            Acknowledgment = bits.Has(ControlBits.Ack) ? ack is { } number ? OurInitial + (uint)number : _sentEnd : default,
            Bits = bits,
            Window = new(window),
            Options = options ?? default,
            Payload = payload,
            UrgentPointer = (ushort)urgent,
            Ecn = ecn,
        };
        bool isTheirNext = seq is null;
        Reason = Subject.OnSegment(segment, Now);
        _givenEnd = isTheirNext || segment.End.IsAfter(_givenEnd) ? segment.End : _givenEnd;
        return waits ? "" : Take();
    }

    /// <summary>The octet that stands at a number of theirs in every segment that <see cref="Give"/> makes.</summary>
    public static byte Octet(int number) => (byte)((number * 31) ^ (number >> 8));

    /// <summary>What wants to leave now, as text.</summary>
    public string Take()
    {
        (Left, LeftAt) = ([], []);
        TakeMore();
        return Text;
    }

    /// <summary>Time passes, with its timers; what left in it, as text.</summary>
    public string Pass(TimeSpan time)
    {
        (Left, LeftAt) = ([], []);
        Instant end = Now + time;
        TakeMore();
        while (Subject.NextTimeout <= end)
        {
            Now = Subject.NextTimeout > Now ? Subject.NextTimeout : Now;
            Subject.OnTimeout(Now);
            TakeMore();
        }

        Now = end;
        return Text;
    }

    public string Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    /// <summary>The program hands over octets; what leaves, as text.</summary>
    public string Send(int length, bool isUrgent = false)
    {
        Assert.Equal(length, Subject.Send(new byte[length], Now, isUrgent));
        return Take();
    }

    /// <summary>The program reads so much; what leaves, as text.</summary>
    public string Read(int length)
    {
        Assert.Equal(length, Subject.Receive(new byte[length], Now));
        return Take();
    }

    /// <summary>Octets that the program has not read are the ones with these numbers.</summary>
    public void Holds(int first, int count)
    {
        byte[] expected = new byte[count];
        for (int i = 0; i < count; i++)
        {
            expected[i] = Octet(first + i);
        }

        Assert.Equal(expected, Subject.Peek().ToArray());
    }

    public string Close()
    {
        Subject.Close(Now);
        return Take();
    }

    public string CloseSending()
    {
        Subject.CloseSending(Now);
        return Take();
    }

    public string Abort()
    {
        Subject.Abort(Now);
        return Take();
    }

    public void Set(Func<ConnectionOptions, ConnectionOptions> change) => Subject.Options = change(Subject.Options);

    /// <summary>Seconds from one segment of <see cref="Left"/> to the next, to a hundredth.</summary>
    public double[] Gaps() => [.. LeftAt.Skip(1).Zip(LeftAt, static (later, earlier) => Math.Round((later - earlier).TotalSeconds, 2))];

    /// <summary>Blocks of an option of ours, in their numbers: "100-200 300-400".</summary>
    public static string SackText(SentCopy segment)
    {
        SackBlocks blocks = segment.Options.Sack;
        return string.Join(' ', Enumerable.Range(0, segment.Options.Has(SegmentOptionSet.Sack) ? blocks.Count : 0)
            .Select(i => $"{blocks[i].Left - TheirInitial}-{blocks[i].Right - TheirInitial}"));
    }

    /// <summary>"SYN 0", "SYN+ACK 0 ack 1", "PSH+ACK 1+100 ack 1", "RST 5": bits, number, octets, acknowledgment.</summary>
    private string Text => string.Join("; ", Left.Select(segment =>
        ControlBitsText.Format(segment.Bits)
        + $" {segment.Sequence - OurInitial}"
        + (segment.Payload.Length > 0 ? $"+{segment.Payload.Length}" : "")
        + (segment.Has(ControlBits.Ack) ? $" ack {segment.Acknowledgment - TheirInitial}" : "")));

    private static SegmentOptions? Later(SegmentOptions? syn)
        => syn is { } options && options.Has(SegmentOptionSet.Timestamps) ? Timestamp(options.TimestampValue) : null;

    private void TakeMore()
    {
        while (Subject.TryTakeSegment(Now, out TcpSegment segment))
        {
            Left.Add(SentCopy.Of(segment));
            LeftAt.Add(Now);
            bool isReset = segment.Has(ControlBits.Rst);
            _sentEnd = !isReset && segment.End.IsAfter(_sentEnd) ? segment.End : _sentEnd;
        }
    }
}
