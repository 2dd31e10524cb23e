using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// One connection in a script's numbers and in the live ones. The peer is played by the script, so its numbers are live as they are; ours begin at an initial
/// sequence number and at timestamps that the stack chose.
/// </summary>
internal sealed class ScriptFlow(Endpoint local, Endpoint remote)
{
    private readonly Dictionary<uint, uint> _liveTimestamps = [];
    private (uint Script, uint Live)? _initial;
    private uint? _remoteInitial;
    private (uint Script, uint Live)? _firstTimestamp;

    /// <summary>Of the host under test.</summary>
    public Endpoint Local { get; } = local;

    public Endpoint Remote { get; } = remote;

    /// <summary>True once our SYN was seen; a new one may come after <see cref="ExpectNewSyn"/>.</summary>
    public bool HasSyn { get; private set; }

    /// <summary>The right edge that we offered last: what we acknowledged, and the window field as it stood there.</summary>
    public SeqNum ReceiveNext { get; set; }

    /// <summary>Both SYNs offered to scale windows.</summary>
    public bool IsScaled => OffersScale && PeerOffersScale;

    public bool OffersScale { get; set; }

    public bool PeerOffersScale { get; set; }

    /// <summary>The number of the peer's last SYN: it counts once we have answered.</summary>
    public uint PeerSyn { get; set; }

    /// <summary>When our first timestamp was seen.</summary>
    public Instant FirstTimestampAt { get; private set; }

    /// <summary>A SYN arrived, or the program connects: our next SYN begins a new numbering.</summary>
    public void ExpectNewSyn() => HasSyn = false;

    /// <summary>Our SYN left.</summary>
    public void OnSyn(uint scriptSequence, SeqNum live)
    {
        _initial = (scriptSequence, live.Value);
        HasSyn = true;
    }

    /// <summary>Our SYN answers the peer's: from here on the peer's numbers count from its SYN.</summary>
    public void OnAnswer() => _remoteInitial = PeerSyn;

    /// <summary>The peer's SYN answers ours, unless both are long known.</summary>
    public void OnPeersAnswer() => _remoteInitial ??= PeerSyn;

    /// <summary>A number of ours. Those of SYNs stand as they are, others count from the SYN; before one was seen all stand as they are.</summary>
    public SeqNum ToLive(uint scriptLocal, bool isSyn)
        => new(_initial is not { } initial ? scriptLocal : unchecked(initial.Live + scriptLocal - (isSyn ? initial.Script : 0)));

    public uint ToScript(SeqNum liveLocal, bool isSyn)
        => _initial is not { } initial ? liveLocal.Value : unchecked(liveLocal.Value - initial.Live + (isSyn ? initial.Script : 0));

    public SeqNum PeerToLive(uint script, bool isSyn) => new(isSyn ? script : unchecked(script + (_remoteInitial ?? 0)));

    public uint PeerToScript(SeqNum live, bool isSyn) => isSyn ? live.Value : unchecked(live.Value - (_remoteInitial ?? 0));

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
