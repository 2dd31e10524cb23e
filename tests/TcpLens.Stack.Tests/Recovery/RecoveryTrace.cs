using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// A sender with data to send and a network that says what a test makes it say: tests read like a packet trace. Numbers count from 1 as in traces,
/// times in milliseconds; the sequence space wraps inside the first window.
/// </summary>
internal sealed class RecoveryTrace
{
    public const int Segment = 1000;
    private const uint Origin = uint.MaxValue - 4000;

    private readonly List<string> _sent = [];
    private readonly bool _hasSack;
    private SeqNum _unacknowledged = At(1);
    private SeqNum _next = At(1);
    private int _toSend;

    public RecoveryTrace(TcpSettings? settings = null, bool hasSack = true, int rtt = 100, int burst = Segment)
    {
        Recovery = new(settings ?? TcpSettings.Default, Counters);
        _hasSack = hasSack;
        Burst = burst;
        Recovery.OnSent(new(At(0), At(1)), Now);
        Now += TimeSpan.FromMilliseconds(rtt);
        Recovery.OnAck(new() { Acknowledgment = At(1), Unacknowledged = At(0), IsBare = false }, Now);
        Recovery.OnEstablished(Segment, hasSack, Now);
    }

    public TcpCounters Counters { get; } = new();

    public LossRecovery Recovery { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    public ConnectionStatus Status => Recovery.Describe(new());

    /// <summary>What one segment, or one burst of them, may hold: less than a segment beside SACK blocks.</summary>
    public int Burst { get; set; }

    public int WindowEnd { get; set; } = 1 << 20;

    /// <summary>What was sent since this was last asked: "1:1001 1001:2001", retransmissions with an R before.</summary>
    public string Sent
    {
        get
        {
            string sent = string.Join(' ', _sent);
            _sent.Clear();
            return sent;
        }
    }

    public static SeqNum At(int number) => new SeqNum(Origin) + (uint)number;

    /// <summary>The program hands over so much.</summary>
    public RecoveryTrace Write(int octets)
    {
        _toSend += octets;
        Pump();
        return this;
    }

    /// <summary>So much later, without anything happening but timers.</summary>
    public RecoveryTrace Wait(double milliseconds)
    {
        Instant until = Now + TimeSpan.FromMicroseconds(milliseconds * 1000);
        while (Recovery.NextTimeout <= until)
        {
            Now = Recovery.NextTimeout > Now ? Recovery.NextTimeout : Now;
            Recovery.OnTimeout(Now);
            Pump();
        }

        Now = until;
        return this;
    }

    /// <summary>An ACK comes, with the SACK blocks in pairs.</summary>
    public RecoveryTrace Ack(int number, params int[] sack) => Ack(new AckFacts(), number, sack);

    public RecoveryTrace Ack(AckFacts with, int number, params int[] sack)
    {
        SackBlocks blocks = default;
        for (int i = 0; i < sack.Length; i += 2)
        {
            blocks.TryAdd(new(At(sack[i]), At(sack[i + 1])));
        }

        Recovery.OnAck(with with { Acknowledgment = At(number), Unacknowledged = _unacknowledged, Sack = blocks, IsBare = true }, Now);
        _unacknowledged = At(number);
        Pump();
        return this;
    }

    private void Pump()
    {
        SeqNum windowEnd = At(WindowEnd);
        while (Recovery.TryTakeRetransmission(Burst, windowEnd, _toSend > 0, Now, out SentRange again))
        {
            _sent.Add("R" + Text(again));
        }

        while (_toSend > 0 && Math.Min(Math.Min(Recovery.Allowance(Now), Burst), _toSend) is > 0 and int octets
            && (octets >= Segment || octets == _toSend))
        {
            SentRange range = new(_next, _next + (uint)octets);
            Recovery.OnSent(range, Now);
            _next = range.End;
            _toSend -= octets;
            _sent.Add(Text(range));
        }

        if (_toSend == 0)
        {
            Recovery.OnApplicationLimited(Now);
        }
    }

    private static string Text(SentRange range) => $"{range.Start - At(0)}:{range.End - At(0)}";
}
