namespace TcpLens.Protocol;

/// <summary>ss's names for sets of states (iproute2, misc/ss.c), readable wherever a state name is.</summary>
public static class StateGroups
{
    public static readonly StateSet Connected = ~StateSet.Of(TcpState.Listen, TcpState.Closed);
    public static readonly StateSet Synchronized = Connected & ~StateSet.Of(TcpState.SynSent);

    /// <summary>The states that Linux keeps as mini-sockets: ss calls that table a bucket.</summary>
    public static readonly StateSet Bucket = StateSet.Of(TcpState.SynReceived, TcpState.TimeWait);
    public static readonly StateSet Big = ~Bucket;

    /// <summary>What ss shows when nothing is asked for.</summary>
    public static readonly StateSet Default = Connected & Big;

    /// <summary>Reads a group, or one state in any spelling of <see cref="TcpStateNames"/>; any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out StateSet set)
    {
        set = text switch
        {
            _ when Is(text, "all") => StateSet.All,
            _ when Is(text, "connected") => Connected,
            _ when Is(text, "synchronized") || Is(text, "synchronised") => Synchronized,
            _ when Is(text, "bucket") => Bucket,
            _ when Is(text, "big") => Big,
            _ when TcpStateNames.TryParse(text, out TcpState state) => StateSet.Of(state),
            _ => StateSet.None,
        };
        return set != StateSet.None;
    }

    private static bool Is(ReadOnlySpan<char> text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
