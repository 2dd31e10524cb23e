using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>A connection that was led into a state as the scripts do it: by a passive or an active open, and the shortest way from there.</summary>
internal sealed class OracleConnection
{
    /// <summary>Our initial sequence number; the peer's is 0.</summary>
    public static readonly SeqNum Ours = new(7_000_000);

    private readonly SeqNum _theirs = new(0);
    private readonly ushort _window;

    /// <param name="state">Where to.</param>
    /// <param name="isPassive">From LISTEN.</param>
    /// <param name="settings">Of the connection.</param>
    /// <param name="takesLast">Whether what the last step sends is taken off.</param>
    /// <param name="window">What the peer shows on the way.</param>
    public OracleConnection(TcpState state, bool isPassive, TcpSettings settings, bool takesLast = true, ushort window = 32767)
    {
        _window = window;
        Connection = new(settings, new() { InitialSequence = Ours }, new());
        Lead(state, isPassive);
        if (takesLast)
        {
            Take();
        }
    }

    public Instant Now { get; set; } = new(1_000_000_000);

    public TcpConnection Connection { get; }

    public SeqNum SendNext => Connection.State is TcpState.Closed or TcpState.Listen ? new(0) : Connection.Status.SendNext;

    public SeqNum ReceiveNext => Connection.State is TcpState.Closed or TcpState.Listen or TcpState.SynSent ? new(0) : Connection.Status.ReceiveNext;

    public uint Window => Connection.State is TcpState.Closed or TcpState.Listen or TcpState.SynSent ? 0 : Connection.Status.ReceiveWindow;

    public void Arrive(
        ControlBits bits, SeqNum sequence, SeqNum acknowledgment, int length, bool hasOptions = false, ushort window = 32767, ushort segmentSize = 0)
    {
        SegmentOptions options = default;
        if (hasOptions)
        {
            options.MaximumSegmentSize = 1460;
            options.Present = SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.SackPermitted;
        }
        else if (segmentSize != 0)
        {
            options.MaximumSegmentSize = segmentSize;
            options.Present = SegmentOptionSet.MaximumSegmentSize;
        }

        Connection.OnSegment(
            new() { Sequence = sequence, Acknowledgment = acknowledgment, Bits = bits, Window = new(window), Options = options, Payload = new byte[length] }, Now);
    }

    /// <summary>What leaves now, each as flags, sequence number, acknowledgment number and length.</summary>
    public List<(ControlBits Bits, SeqNum Sequence, SeqNum Acknowledgment, int Length)> Take()
    {
        var taken = new List<(ControlBits, SeqNum, SeqNum, int)>();
        while (Connection.TryTakeSegment(Now, out TcpSegment segment))
        {
            taken.Add((segment.Bits & ~ControlBits.Psh, segment.Sequence, segment.Acknowledgment, segment.Payload.Length));
        }

        return taken;
    }

    private void Lead(TcpState state, bool isPassive)
    {
        switch (state)
        {
            case TcpState.Closed:
                return;
            case TcpState.Listen:
                Connection.Listen();
                return;
            case TcpState.SynSent:
                Connection.Connect(Now);
                return;
            case TcpState.SynReceived:
                Lead(isPassive ? TcpState.Listen : TcpState.SynSent, isPassive);
                Take();
                Arrive(ControlBits.Syn, _theirs, new(0), 0, hasOptions: true, _window);
                break;
            case TcpState.Established:
                Lead(TcpState.SynReceived, isPassive);
                Take();
                Arrive(ControlBits.Ack, _theirs + 1, Ours + 1, 0, window: _window);
                break;
            case TcpState.CloseWait:
                Lead(TcpState.Established, isPassive);
                Arrive(ControlBits.Fin | ControlBits.Ack, _theirs + 1, Ours + 1, 0, window: _window);
                break;
            case TcpState.LastAck:
                Lead(TcpState.CloseWait, isPassive);
                Connection.CloseSending(Now);
                break;
            case TcpState.FinWait1:
                Lead(TcpState.Established, isPassive);
                Connection.CloseSending(Now);
                break;
            case TcpState.Closing:
                Lead(TcpState.FinWait1, isPassive);
                Take();
                Arrive(ControlBits.Fin | ControlBits.Ack, _theirs + 1, Ours + 1, 0, window: _window);
                break;
            case TcpState.FinWait2:
                Lead(TcpState.FinWait1, isPassive);
                Take();
                Arrive(ControlBits.Ack, _theirs + 1, Ours + 2, 0, window: _window);
                break;
            case TcpState.TimeWait:
                Lead(TcpState.FinWait2, isPassive);
                Arrive(ControlBits.Fin | ControlBits.Ack, _theirs + 1, Ours + 2, 0, window: _window);
                break;
        }

        Assert.Equal(state, Connection.State);
    }
}
