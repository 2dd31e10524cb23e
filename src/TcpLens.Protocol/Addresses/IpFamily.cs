namespace TcpLens.Protocol;

/// <summary>The family of the socket, which is not always that of its addresses: an IPv6 socket can carry IPv4.</summary>
public enum IpFamily : byte
{
    V4 = 4,
    V6 = 6,
}
