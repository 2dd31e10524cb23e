namespace TcpLens.Linux;

/// <summary>Attributes of an inet_diag answer that are read here (linux/inet_diag.h, INET_DIAG_*).</summary>
internal enum DiagAttribute : ushort
{
    Info = 2,
    Congestion = 4,
    TypeOfService = 5,
    TrafficClass = 6,
    SocketMemory = 7,
    Shutdown = 8,
    V6Only = 11,
    Mark = 15,
    UpperLayerProtocol = 19,
    CgroupId = 21,
}
