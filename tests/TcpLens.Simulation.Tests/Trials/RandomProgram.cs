using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>A program of a trial: writes, reads, pauses, fiddles with options and ends as its plan says, and notes what it saw.</summary>
internal sealed class RandomProgram(World world, ProgramPlan plan, OctetPattern outgoing, OctetPattern incoming) : IConnectionProgram
{
    private readonly SeededRandom _random = world.NewRandom();
    private readonly byte[] _room = new byte[4096];
    private HostConnection? _connection;
    private bool _writesLater;
    private bool _readsLater;
    private bool _hasClosedSending;
    private bool _hasClosed;
    private bool _hasHesitated;
    private bool _isHesitating;

    public ProgramPlan Plan => plan;

    public long Sent { get; private set; }

    public long Received { get; private set; }

    /// <summary>The peer's end was seen, and everything before it.</summary>
    public bool SawEnd { get; private set; }

    public bool IsConnected { get; private set; }

    public bool HasAborted { get; private set; }

    /// <summary>CLOSED was told.</summary>
    public bool IsOver { get; private set; }

    /// <summary>And nothing is left to read: what had arrived can be read after the end.</summary>
    public bool IsDone => IsOver && (HasAborted || _hasClosed || _connection!.Readable == 0);

    public ConnectionError Error { get; private set; }

    /// <summary>What no connection may ever do; null when it did not.</summary>
    public string? Complaint { get; private set; }

    public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        _connection = connection;
        switch (happened)
        {
            case ConnectionEvents.Connected:
                IsConnected = true;
                break;
            case ConnectionEvents.Failed:
                Error = connection.Error;
                break;
            case ConnectionEvents.Closed:
                Complain(IsOver, "was closed twice");
                IsOver = true;
                break;
        }

        Act(now);
    }

    private void Act(Instant now)
    {
        if (!_hasClosed && !HasAborted && IsConnected && Complaint is null)
        {
            Read(now);
            Write(now);
            End(now);
        }
    }

    private void Read(Instant now)
    {
        while (!_readsLater && !HasAborted && _connection!.Readable > 0)
        {
            int asked = Math.Min(_room.Length, plan.ReadChunk);
            int there = _connection.Readable;
            int read = _connection.Receive(_room.AsSpan(0, asked), now);
            Complain(read != Math.Min(asked, there), $"gave {read} octets of {there} when asked for {asked}");
            int wrong = incoming.FindMismatch(_room.AsSpan(0, read), Received);
            Complain(wrong >= 0, $"octet {Received + wrong} is not the one that was sent");
            Received += read;
            _readsLater = Pause(now);
            AbortPerhaps(now);
            if (Complaint is not null)
            {
                return;
            }
        }

        SawEnd |= _connection!.HasPeerClosed;
    }

    private void Write(Instant now)
    {
        bool canSend = !_writesLater && !_hasClosedSending && !HasAborted && (plan.Ending != Ending.AfterPeer || SawEnd || plan.Octets > 0);
        while (canSend && Sent < plan.Octets && _connection!.State is TcpState.Established or TcpState.CloseWait && canSend)
        {
            int length = (int)Math.Min(Math.Min(_room.Length, plan.WriteChunk), plan.Octets - Sent);
            outgoing.Fill(_room.AsSpan(0, length), Sent);
            int taken = _connection!.Send(_room.AsSpan(0, length), now, _random.Chance(plan.Urgent));
            Complain(taken > length, "took more than it was given");
            Sent += taken;
            Fiddle();
            _writesLater = Pause(now);
            AbortPerhaps(now);
            canSend = taken == length && !_writesLater && !HasAborted;
        }
    }

    private void End(Instant now)
    {
        if (HasAborted || IsOver || Hesitates(now))
        {
            return;
        }

        if (Sent == plan.Octets && !_hasClosedSending && (plan.Ending != Ending.AfterPeer || SawEnd))
        {
            _hasClosedSending = true;
            if (plan.Ending == Ending.WhenSent)
            {
                Close(now);
                return;
            }

            _connection!.CloseSending(now);
        }

        if (_hasClosedSending && SawEnd)
        {
            Close(now);
        }
    }

    private bool Hesitates(Instant now)
    {
        if (SawEnd && !_hasHesitated && plan.Hesitation > TimeSpan.Zero)
        {
            _hasHesitated = true;
            world.At(now + plan.Hesitation, later =>
            {
                _isHesitating = false;
                Act(later);
            });
            _isHesitating = true;
        }

        return _isHesitating;
    }

    private void Close(Instant now)
    {
        _hasClosed = true;
        _connection!.Close(now);
    }

    private void AbortPerhaps(Instant now)
    {
        if (plan.Ending == Ending.Abort && !HasAborted && Sent + Received >= plan.AbortAfter)
        {
            HasAborted = true;
            _connection!.Abort(now);
        }
    }

    private bool Pause(Instant now)
    {
        if (!_random.Chance(plan.Pause))
        {
            return false;
        }

        world.At(now + _random.Below(plan.LongestPause), later =>
        {
            _writesLater = _readsLater = false;
            Act(later);
        });
        return true;
    }

    private void Fiddle()
    {
        if (_random.Chance(plan.Fiddle))
        {
            _connection!.Options = _connection.Options with
            {
                NoDelay = _random.Chance(0.5),
                Cork = _random.Chance(0.3),
                DiffServ = (byte)_random.Below(64),
                TimeToLive = (byte)_random.Between(2, 255),
            };
        }
    }

    private void Complain(bool isWrong, string what) => Complaint ??= isWrong ? what : null;
}
