using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>Our own stack as one host, in virtual time: nothing waits, and the same script always runs alike.</summary>
internal sealed class StackMachine : IScriptMachine
{
    // Timers that are due again at the moment they fire, without end, would stop the clock.
    private const int MaxTurnsWithoutTime = 10_000;

    private static readonly byte[] Secret = [.. Enumerable.Range(1, 16).Select(static i => (byte)i)];

    private readonly byte[] _buffer = new byte[PacketBuilder.MaxLength];
    private readonly Lazy<TcpHost> _host;
    private readonly SocketCalls _calls;
    private readonly StackSources _sources;
    private PendingCall? _pending;

    public StackMachine(ScriptKnobs knobs, ScriptAddresses addresses)
    {
        // Made when the first socket needs it: what the script sets before that belongs to the host.
        _host = new(() => new TcpHost(Settings(knobs, addresses), Secret));
        Sockets = new(_host, knobs, addresses);
        _calls = new(Sockets);
        _sources = new(Sockets);
    }

    public TcpHost Host => _host.Value;

    public ScriptSockets Sockets { get; }

    public TimeSpan Lateness => TimeSpan.Zero;

    public PacketQueue Sent { get; } = new();

    public Instant Now { get; private set; } = new(1_000_000_000_000);

    public void Inject(ReadOnlySpan<byte> packet, ushort segmentSize)
    {
        Sockets.ReleaseMore();
        Host.OnPacket(packet, new(SegmentSize: segmentSize), Now);
        Settle();
    }

    public void WaitUntil(Instant time) => Advance(time, static () => false);

    public bool WaitForPacket(Instant until)
    {
        Settle();
        Advance(until, () => !Sent.IsEmpty);
        return !Sent.IsEmpty;
    }

    public PendingCall Begin(CallStatement call)
    {
        var pending = new PendingCall(call, Now);
        Attempt(pending);
        _pending = pending.Outcome is null ? pending : _pending;
        Settle();
        return pending;
    }

    public bool WaitForCall(PendingCall call, Instant until)
    {
        Advance(until, () => call.Outcome is not null);
        return call.Outcome is not null;
    }

    public void SetSysctl(string name, string value) => SysctlMap.Set(Sockets.Knobs, name, value);

    /// <summary>Of what scripts set there, only this is not a default anyway.</summary>
    public void SetDefaults() => Sockets.Knobs.Tcp = Sockets.Knobs.Tcp with { RequestEcn = false, AcceptEcn = false };

    public bool TrySetRoute(IReadOnlyList<string> words)
    {
        Sockets.Knobs.SetRoute(words);
        return true;
    }

    public double? TcpInfo(string field) => TcpInfoView.Value(field, Sockets);

    public IReadOnlyList<string>? Output(string program, IReadOnlyList<string> arguments) => _sources.Output(program, arguments);

    public void Dispose()
    {
    }

    private static TcpHostSettings Settings(ScriptKnobs knobs, ScriptAddresses addresses) => new()
    {
        Addresses = [addresses.Local],
        Mtu = knobs.Mtu,
        Cookies = knobs.Cookies,
        Tcp = knobs.For(addresses.SegmentSize(knobs.Mtu), null),
    };

    /// <summary>Lets time pass, from timer to timer, until then or until something has come.</summary>
    private void Advance(Instant until, Func<bool> hasCome)
    {
        int turns = 0;
        while (!hasCome() && NextTimeout is var next && next <= until)
        {
            turns = next > Now ? 0 : turns + 1;
            if (turns > MaxTurnsWithoutTime)
            {
                throw new ExpectationException("time to pass", "timers that are due again at once, without end");
            }

            Now = next > Now ? next : Now;
            Host.OnTimeout(Now);
            Settle();
        }

        Now = !hasCome() && until > Now ? until : Now;
    }

    private Instant NextTimeout
    {
        get
        {
            Instant timer = Host.NextTimeout;
            Instant deadline = _pending?.Deadline ?? Instant.Never;
            return timer < deadline ? timer : deadline;
        }
    }

    /// <summary>Takes what the host has to say, and lets the call that waits try again, until neither moves the other.</summary>
    private void Settle()
    {
        do
        {
            while (Host.TryTakeEvent(out HostEvent happened))
            {
                Sockets.Hear(happened);
            }

            while (Host.TryTakePacket(_buffer, Now, out int length, out _))
            {
                if (SniffedSegment.Read(_buffer.AsSpan(0, length), Now) is { } segment)
                {
                    Sent.Add(segment);
                }
            }
        }
        while (_pending is { } pending && Attempt(pending));
    }

    /// <summary>True when the call moved something.</summary>
    private bool Attempt(PendingCall call)
    {
        int moved = call.Moved;
        if (_calls.Try(call, Now) is { } outcome)
        {
            call.Finish(outcome, Now);
            _pending = null;
            return true;
        }

        return call.Moved > moved;
    }
}
