using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// One connection of a host: a <see cref="TcpConnection"/> with addresses and ports. Calls go through here, so that the host knows. After
/// <see cref="Close"/> the host keeps what TIME-WAIT needs by itself: for the program the connection is then CLOSED, and it is told so.
/// </summary>
public sealed class HostConnection
{
    private readonly ConnectionRegistry _registry;
    private Links _links;
    private byte _queues;

    internal HostConnection(ConnectionRegistry registry, TcpConnection core, in FourTuple tuple, HostListener? listener)
    {
        (_registry, Core, Tuple, Listener) = (registry, core, tuple, listener);
        IsHalfOpen = listener is not null;
    }

    public Endpoint Local => Tuple.Local;

    public Endpoint Remote => Tuple.Remote;

    /// <summary>The program's own.</summary>
    public object? Tag { get; set; }

    public TcpState State => Core.State;

    /// <summary>Set when <see cref="ConnectionEvents.Failed"/> is told.</summary>
    public ConnectionError Error => Core.Error;

    /// <summary>The last soft error (MUST-47).</summary>
    public ConnectionError SoftError => Core.SoftError;

    /// <summary>May be set at any time.</summary>
    public ConnectionOptions Options
    {
        get => Core.Options;
        set
        {
            Core.Options = value;
            _registry.Touch(this);
        }
    }

    /// <summary>What it was opened with.</summary>
    public TcpSettings Settings => Core.Memory.Settings;

    public ConnectionStatus Status => Core.Status;

    /// <summary>Octets that can be received now.</summary>
    public int Readable => Core.Readable;

    /// <summary>Octets that <see cref="Send"/> would take now.</summary>
    public int Writable => Core.Writable;

    public int UrgentOctets => Core.UrgentOctets;

    /// <inheritdoc cref="TcpConnection.HasPeerClosed"/>
    public bool HasPeerClosed => Core.HasPeerClosed;

    internal TcpConnection Core { get; }

    internal FourTuple Tuple { get; }

    /// <summary>Null as soon as a program has it.</summary>
    internal HostListener? Listener { get; set; }

    /// <summary>Its handshake goes on, and no program knows of it.</summary>
    internal bool IsHalfOpen { get; set; }

    /// <summary>It is in the host's tables.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>The state that the host's sums count it under.</summary>
    internal TcpState CountedState { get; set; } = TcpState.Closed;

    internal bool IsCountedAsOrphan { get; set; }

    /// <summary>Octets of buffers that the host's sum has of it.</summary>
    internal int CountedMemory { get; set; }

    /// <summary>Its place in <see cref="TimerHeap"/>; -1 for none.</summary>
    internal int TimerIndex { get; set; } = -1;

    /// <inheritdoc cref="TcpConnection.Send"/>
    public int Send(ReadOnlySpan<byte> octets, Instant now, bool isUrgent = false)
    {
        int taken = Core.Send(_registry.Buffers.Limit(this, octets), now, isUrgent);
        _registry.Touch(this);
        return taken;
    }

    /// <inheritdoc cref="TcpConnection.Receive"/>
    public int Receive(Span<byte> into, Instant now, bool peek = false)
    {
        int taken = Core.Receive(into, now, peek);
        _registry.Touch(this);
        return taken;
    }

    /// <inheritdoc cref="TcpConnection.Peek"/>
    public ReadOnlySpan<byte> Peek() => Core.Peek();

    public void Skip(int octets, Instant now)
    {
        Core.Skip(octets, now);
        _registry.Touch(this);
    }

    /// <inheritdoc cref="TcpConnection.CloseSending"/>
    public void CloseSending(Instant now)
    {
        Core.CloseSending(now);
        _registry.Touch(this);
    }

    /// <inheritdoc cref="TcpConnection.Close"/>
    public void Close(Instant now)
    {
        Core.Close(now);
        _registry.LimitOrphans(this, now);
        _registry.Touch(this);
    }

    /// <inheritdoc cref="TcpConnection.Abort"/>
    public void Abort(Instant now)
    {
        Core.Abort(now);
        _registry.Touch(this);
    }

    /// <summary>What stands behind it in that queue.</summary>
    internal ref HostConnection? LinkIn(QueueKind kind) => ref _links[(int)kind];

    /// <summary>False when it stands there already.</summary>
    internal bool Enter(QueueKind kind)
    {
        byte before = _queues;
        _queues |= (byte)(1 << (int)kind);
        return _queues != before;
    }

    internal void Exit(QueueKind kind) => _queues &= (byte)~(1 << (int)kind);

    [System.Runtime.CompilerServices.InlineArray(3)]
    private struct Links
    {
        private HostConnection? _first;
    }
}
