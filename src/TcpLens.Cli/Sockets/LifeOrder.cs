using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The eleven states in the order in which a connection meets them.</summary>
internal static class LifeOrder
{
    public static ReadOnlySpan<TcpState> States =>
    [
        TcpState.Listen, TcpState.SynSent, TcpState.SynReceived, TcpState.Established,
        TcpState.FinWait1, TcpState.FinWait2, TcpState.Closing, TcpState.TimeWait,
        TcpState.CloseWait, TcpState.LastAck, TcpState.Closed,
    ];
}
