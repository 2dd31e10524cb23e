using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Addresses and ports of a connection. Tunnels and VLANs are not part of it: the same connection seen inside and outside is one.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ConnectionKey
{
    public HostAddress Originator;
    public HostAddress Responder;
    public ushort OriginatorPort;
    public ushort ResponderPort;
}
