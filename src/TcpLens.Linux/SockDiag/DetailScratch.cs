using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>The one detail that a walk fills again and again, so that 400,000 sockets cost no allocation.</summary>
internal sealed class DetailScratch
{
    public SocketDetail Detail { get; } = new();

    public TcpInfo Info { get; } = new();

    public void Clear()
    {
        Detail.Info = null;
        Detail.Memory = null;
        Detail.CongestionControl = null;
        Detail.UpperLayerProtocol = null;
        Detail.TypeOfService = null;
        Detail.TrafficClass = null;
        Detail.IsLocked = false;
    }
}
