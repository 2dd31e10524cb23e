using System.Collections.Concurrent;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Drives a host over a device. A thread is given to <see cref="Run"/>; it reads what arrives, lets happen what is due, tells programs,
/// and writes what is to leave, in batches, and sleeps in between:
/// <code>
/// var driver = new StackDriver(host, device, TimeProvider.System);
/// new Thread(() => driver.Run(stop.Token)).Start();
/// TcpLensStream stream = await TcpLensClient.ConnectAsync(driver, new(address, 80));
/// </code>
/// Programs may call from any thread. A host is one thread's at a time, so there is a gate: who finds it open does the work of the call,
/// packets included, without the driver's thread; who finds it shut leaves the call to whoever is inside. Nobody waits for it.
/// </summary>
public sealed class StackDriver
{
    /// <summary>Packets read, or written, before the other direction has its turn.</summary>
    private const int LargestBatch = 64;

    private const int LargestPacket = ushort.MaxValue;

    /// <summary>
    /// A sleep is no longer than this when something has just happened: timers that calls set meanwhile are mostly later, and need not wake it.
    /// </summary>
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(20);

    private readonly IPacketDevice _device;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<DriverCall> _calls = new();
    private readonly DeadlineQueue _deadlines = new();
    private readonly HashSet<IDriven> _driven = [];
    private readonly byte[] _incoming;
    private readonly byte[] _outgoing;
    private int _batch = 1;
    private bool _hasEnded;

    /// <summary>Until when the thread sleeps; the earliest instant there is while it does not.</summary>
    private Instant _sleepsUntil = new(long.MinValue);

    /// <param name="host">The driver's alone from here on.</param>
    /// <param name="device">Whose MTU and offloads the host's settings have.</param>
    /// <param name="clock">What the time is.</param>
    public StackDriver(TcpHost host, IPacketDevice device, TimeProvider clock)
    {
        (Host, _device, _clock) = (host, device, clock);
        int longest = device.HasOffloads ? LargestPacket : device.Mtu;
        (_incoming, _outgoing) = (GC.AllocateUninitializedArray<byte>(longest, pinned: true), GC.AllocateUninitializedArray<byte>(longest, pinned: true));
    }

    /// <summary>
    /// What awaits a stream goes on within the driver's turn instead of on the thread pool: shorter round trips, and it must not wait there.
    /// </summary>
    public bool ContinuesInline { get; init; }

    internal TcpHost Host { get; }

    private Instant Now => _clock.Now;

    /// <summary>Works until it is told to stop; every connection is then aborted, and whoever waits for one is told.</summary>
    /// <exception cref="IOException">The device is gone. Whoever waits is told, too.</exception>
    public void Run(CancellationToken stop)
    {
        using CancellationTokenRegistration waking = stop.UnsafeRegister(static device => ((IPacketDevice)device!).Wake(), _device);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                TimeSpan rest = Turn();
                if (rest != TimeSpan.Zero && _calls.IsEmpty)
                {
                    _device.Wait(rest);
                }
            }
        }
        finally
        {
            End();
        }
    }

    /// <summary>Lets somebody look at the host, or change something, when nobody else is at it; waits for the answer.</summary>
    public T Ask<T>(Func<TcpHost, Instant, T> question) => Ask(now => question(Host, now));

    /// <summary>Connections to this port get a program of their own, on the driver's thread.</summary>
    /// <exception cref="TcpLensException">The port is taken, or the address is not this host's.</exception>
    public HostListener Serve(Endpoint local, ListenOptions options, Func<HostConnection, IConnectionProgram> program)
        => Listen(local, options, listener => new ProgramListener(program));

    internal T Ask<T>(Func<Instant, T> question)
    {
        var asked = new DriverQuestion<T>(question);
        Submit(asked);
        return asked.Answer;
    }

    internal HostListener Listen(Endpoint local, ListenOptions options, Func<HostListener, IListenerProgram> program) => Ask(_ =>
    {
        ObjectDisposedException.ThrowIf(_hasEnded, this);
        HostError error = Host.TryListen(local, options, out HostListener? listener);
        if (listener is null)
        {
            throw new TcpLensException(error, $"listen on {local}");
        }

        listener.Tag = program(listener);
        return listener;
    });

    /// <summary>Does the call, or leaves it to whoever is inside the gate.</summary>
    internal void Submit(DriverCall call)
    {
        if (_gate.IsHeldByCurrentThread)
        {
            call.Run(Now);      // What follows from it is done at the end of the turn that this is part of.
            return;
        }

        _calls.Enqueue(call);
        ServeCalls();
    }

    internal void Watch(StreamOperation operation, Instant deadline) => _deadlines.Watch(operation, deadline);

    /// <exception cref="ObjectDisposedException">The driver has ended.</exception>
    internal void Attach(IDriven driven)
    {
        ObjectDisposedException.ThrowIf(_hasEnded, this);
        _driven.Add(driven);
    }

    internal void Detach(IDriven driven) => _driven.Remove(driven);

    /// <summary>
    /// Whoever leaves the gate looks once more whether a call came while it was shut; whoever left a call looks once more whether it opened. So
    /// none is left lying.
    /// </summary>
    private void ServeCalls()
    {
        while (!_calls.IsEmpty && _gate.TryEnter())
        {
            try
            {
                bool isDone = Finish(Now);
                if (!isDone || NextTimeout < _sleepsUntil)
                {
                    _device.Wake();
                }
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    private Instant NextTimeout => Host.NextTimeout < _deadlines.Next ? Host.NextTimeout : _deadlines.Next;

    /// <summary>One round of everything. How long there is nothing to do then: zero when there may be more at once, negative without end.</summary>
    private TimeSpan Turn()
    {
        lock (_gate)
        {
            _sleepsUntil = new(long.MinValue);
            Instant now = Now;
            int read = ReadBatch(now);
            Host.OnTimeout(now);
            _deadlines.Run(now);
            bool isDone = Finish(now) && read < _batch;
            _batch = read == _batch ? Math.Min(_batch * 4, LargestBatch) : 1;
            Instant next = NextTimeout;
            if (!isDone || next <= now)
            {
                return TimeSpan.Zero;
            }

            _sleepsUntil = read > 0 && next > now + Nap ? now + Nap : next;
            return _sleepsUntil == Instant.Never ? Timeout.InfiniteTimeSpan : _sleepsUntil - now;
        }
    }

    private int ReadBatch(Instant now)
    {
        int read = 0;
        while (read < _batch && _device.TryRead(_incoming, out int length, out PacketOffload offload))
        {
            _ = Host.OnPacket(_incoming.AsSpan(0, length), offload, now);
            read++;
        }

        return read;
    }

    /// <summary>What was left here, what programs are to hear, and what is to leave. False when there is more.</summary>
    private bool Finish(Instant now)
    {
        while (_calls.TryDequeue(out DriverCall? call))
        {
            call.Run(now);
        }

        Tell(now);
        bool isWritten = WriteBatch(now);
        return !Tell(now) && isWritten;
    }

    private bool Tell(Instant now)
    {
        bool told = false;
        while (Host.TryTakeEvent(out HostEvent happened))
        {
            told = true;
            if (happened.Connection is { Tag: IConnectionProgram program } connection)
            {
                program.Hear(connection, happened.Happened, now);
            }
            else if (happened.Listener is { Tag: IListenerProgram acceptor } listener)
            {
                acceptor.Hear(listener, now);
            }
        }

        return told;
    }

    private bool WriteBatch(Instant now)
    {
        for (int i = 0; i < LargestBatch; i++)
        {
            if (!Host.TryTakePacket(_outgoing, now, out int length, out PacketOffload offload))
            {
                return true;
            }

            _ = _device.TryWrite(_outgoing.AsSpan(0, length), offload);     // What finds no room is lost, and will be sent again.
        }

        return false;
    }

    private void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            Instant now = Now;
            foreach (IDriven driven in _driven.ToArray())
            {
                driven.OnEnd(now);
            }

            try
            {
                Finish(now);
            }
            catch (IOException)
            {
                // The device is what ended: nobody hears the RSTs.
            }
        }
    }

    /// <summary>Gives each connection its program as soon as it is there.</summary>
    private sealed class ProgramListener(Func<HostConnection, IConnectionProgram> program) : IListenerProgram
    {
        public void Hear(HostListener listener, Instant now)
        {
            while (listener.TryAccept(out HostConnection? connection))
            {
                IConnectionProgram made = program(connection!);
                connection!.Tag = made;
                made.Hear(connection, ConnectionEvents.Connected, now);
            }
        }
    }
}
