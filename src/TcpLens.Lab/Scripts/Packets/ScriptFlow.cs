using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// One connection in a script's numbers and in the live ones. The peer is played by the script, so its numbers are live as they are; ours begin at an initial
/// sequence number and at timestamps that the stack chose.
/// </summary>
internal sealed class ScriptFlow(Endpoint local, Endpoint remote)
{
    private readonly Dictionary<uint, uint> _liveTimestamps = [];
    private uint _offset;
    private (uint Script, uint Live)? _firstTimestamp;

    /// <summary>Of the host under test.</summary>
    public Endpoint Local { get; } = local;

    public Endpoint Remote { get; } = remote;

    /// <summary>True once our SYN was seen; a new one may come after <see cref="ExpectNewSyn"/>.</summary>
    public bool HasSyn { get; private set; }

    /// <summary>The right edge that we offered last: what we acknowledged, and the window field as it stood there.</summary>
    public SeqNum ReceiveNext { get; set; }

    /// <summary>Both SYNs offered to scale windows.</summary>
    public bool IsScaled { get; set; }

    /// <summary>When our first timestamp was seen.</summary>
    public Instant FirstTimestampAt { get; private set; }

    /// <summary>A SYN arrived, or the program connects: our next SYN begins a new numbering.</summary>
    public void ExpectNewSyn() => HasSyn = false;

    /// <summary>Our SYN left.</summary>
    public void OnSyn(uint scriptSequence, SeqNum live)
    {
        _offset = unchecked(live.Value - scriptSequence);
        HasSyn = true;
    }

    public SeqNum ToLive(uint scriptLocal) => new(unchecked(scriptLocal + _offset));

    public uint ToScript(SeqNum liveLocal) => unchecked(liveLocal.Value - _offset);

    public void OnTimestamp(uint script, uint live, Instant now)
    {
        if (_firstTimestamp is null)
        {
            _firstTimestamp = (script, live);
            FirstTimestampAt = now;
        }

        _liveTimestamps[script] = live;
    }

    /// <summary>A timestamp that the peer echoes: the one that was seen under that number, else one as far from the first as the script says.</summary>
    public uint ToLiveTimestamp(uint script)
        => _liveTimestamps.TryGetValue(script, out uint live) ? live
            : _firstTimestamp is { } first ? unchecked(first.Live + (script - first.Script))
            : script;

    /// <summary>Ticks of the script's clock from its first timestamp to this one.</summary>
    public uint? ScriptTicksSinceFirst(uint script) => _firstTimestamp is { } first ? unchecked(script - first.Script) : null;

    public uint? LiveTicksSinceFirst(uint live) => _firstTimestamp is { } first ? unchecked(live - first.Live) : null;
}
