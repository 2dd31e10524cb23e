using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Reads one tracepoint's records by the fields that this kernel's version of it has. What the kernel does not tell is 0. The records are
/// the kernel's own; still, one that is shorter than its format says has zeros.
/// </summary>
internal sealed class TracepointReader(TracepointFormat format)
{
    private const int LongestStateNumber = (int)TcpState.Closing;
    private const int NewSynReceived = 12;   // TCP_NEW_SYN_RECV: a request socket.
    private const int FamilyV4 = 2;          // AF_INET
    private const int FamilyV6 = 10;         // AF_INET6
    private const int SocketAddressLength = 28;   // struct sockaddr_in6

    private readonly TracepointField _socket = Field(format, "skaddr", "rx_sk");
    private readonly TracepointField _request = Field(format, "req");
    private readonly TracepointField _cookie = Field(format, "sock_cookie");
    private readonly TracepointField _state = Field(format, "state");
    private readonly TracepointField _oldState = Field(format, "oldstate");
    private readonly TracepointField _newState = Field(format, "newstate");
    private readonly TracepointField _family = Field(format, "family");
    private readonly TracepointField _protocol = Field(format, "protocol");
    private readonly TracepointField _localPort = Field(format, "sport");
    private readonly TracepointField _remotePort = Field(format, "dport");
    private readonly TracepointField _local = Field(format, "saddr_v6", "saddr");
    private readonly TracepointField _remote = Field(format, "daddr_v6", "daddr");
    private readonly TracepointField _reason = Field(format, "reason", "cong_state");
    private readonly TracepointField _error = Field(format, "error");

    public ulong Socket(ReadOnlySpan<byte> raw) => Number(raw, _socket);

    /// <summary>A handshake that the socket, a listener, has under way.</summary>
    public ulong Request(ReadOnlySpan<byte> raw) => Number(raw, _request);

    public ulong Cookie(ReadOnlySpan<byte> raw) => Number(raw, _cookie);

    public TcpState State(ReadOnlySpan<byte> raw) => StateOf(Number(raw, _state));

    public TcpState OldState(ReadOnlySpan<byte> raw) => StateOf(Number(raw, _oldState));

    public TcpState NewState(ReadOnlySpan<byte> raw) => StateOf(Number(raw, _newState));

    /// <summary>An Internet protocol where the record is about a socket, an Ethernet type where it is about a packet.</summary>
    public int Protocol(ReadOnlySpan<byte> raw) => (ushort)Number(raw, _protocol);

    /// <summary>Why a segment was dropped or a reset sent; the state a congestion control went to.</summary>
    public uint Reason(ReadOnlySpan<byte> raw) => (uint)Number(raw, _reason);

    public ushort Errno(ReadOnlySpan<byte> raw) => (ushort)Number(raw, _error);

    /// <summary>Both ends, our own first; a tracepoint about a segment tells the sender first instead.</summary>
    public void ReadEnds(ReadOnlySpan<byte> raw, ref TraceRecord record)
    {
        (record.LocalAddress, record.LocalPort, int local) = End(raw, _local, _localPort);
        (record.RemoteAddress, record.RemotePort, int remote) = End(raw, _remote, _remotePort);
        int family = _family.Length > 0 ? (int)Number(raw, _family) : Math.Max(local, remote);
        record.Family = family == FamilyV6 ? IpFamily.V6 : family == FamilyV4 ? IpFamily.V4 : default;
    }

    private static (WireAddress Address, ushort Port, int Family) End(ReadOnlySpan<byte> raw, TracepointField address, TracepointField port)
    {
        if (address.Length == 0 || address.Offset + address.Length > raw.Length)
        {
            return default;
        }

        ReadOnlySpan<byte> octets = raw.Slice(address.Offset, address.Length);
        ushort number = (ushort)Number(raw, port);
        switch (octets.Length)
        {
            case SocketAddressLength:
                int family = BinaryPrimitives.ReadUInt16LittleEndian(octets);
                number = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
                return family == FamilyV6 ? (V6(octets[8..]), number, family) : family == FamilyV4 ? (V4(octets[4..]), number, family) : default;
            case 16:
                WireAddress one = V6(octets);
                return (one, number, one.Value.IsV4Mapped ? FamilyV4 : FamilyV6);
            case 4:
                return (V4(octets), number, FamilyV4);
            default:
                return (default, number, 0);
        }
    }

    private static WireAddress V6(ReadOnlySpan<byte> octets) => MemoryMarshal.Read<WireAddress>(octets);

    private static WireAddress V4(ReadOnlySpan<byte> octets)
        => WireAddress.Of(HostAddress.V4(BinaryPrimitives.ReadUInt32BigEndian(octets)));

    private static TcpState StateOf(ulong number)
        => number is > 0 and <= LongestStateNumber ? (TcpState)number : number == NewSynReceived ? TcpState.SynReceived : default;

    private static ulong Number(ReadOnlySpan<byte> raw, TracepointField field)
        => field.Offset + field.Length > raw.Length ? 0 : field.Length switch
        {
            1 => raw[field.Offset],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(raw[field.Offset..]),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(raw[field.Offset..]),
            8 => BinaryPrimitives.ReadUInt64LittleEndian(raw[field.Offset..]),
            _ => 0,
        };

    /// <summary>The first of the names that the format has; no length when it has none.</summary>
    private static TracepointField Field(TracepointFormat format, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (format[name] is { } field)
            {
                return field;
            }
        }

        return default;
    }
}
