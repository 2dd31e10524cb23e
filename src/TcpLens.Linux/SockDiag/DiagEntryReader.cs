using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Reads one struct inet_diag_msg with its attributes. A pure function over octets; whatever they hold, it returns a value or
/// false. With a <see cref="DetailScratch"/> it fills that too.
/// </summary>
internal static class DiagEntryReader
{
    public const int FixedLength = 72;
    private const byte FamilyV4 = 2;
    private const byte FamilyV6 = 10;
    private const byte BoundInactive = 13;

    public static bool TryRead(
        ReadOnlySpan<byte> octets, Transport transport, uint @namespace, DetailScratch? scratch, out SocketEntry entry)
    {
        entry = default;
        if (octets.Length < FixedLength || octets[0] is not (FamilyV4 or FamilyV6) || !IsState(octets[1]))
        {
            return false;
        }

        bool v4 = octets[0] == FamilyV4;
        var state = octets[1] == BoundInactive ? TcpState.Closed : (TcpState)octets[1];
        Extras extras = ReadAttributes(octets[FixedLength..], state, transport, scratch);
        entry = new SocketEntry
        {
            Family = v4 ? IpFamily.V4 : IpFamily.V6,
            State = state,
            Transport = transport,
            Kind = KindOf(state, (SocketTimer)octets[2], extras.IsFull),
            Timer = (SocketTimer)octets[2],
            TimerRetransmits = octets[3],
            Local = EndpointAt(octets, 4, 8, v4),
            Remote = EndpointAt(octets, 6, 24, v4),
            Interface = U32(octets, 40),
            Cookie = U32(octets, 44) | ((ulong)U32(octets, 48) << 32),
            TimerMilliseconds = U32(octets, 52),
            ReceiveQueue = U32(octets, 56),
            SendQueue = U32(octets, 60),
            UserId = U32(octets, 64),
            Inode = U32(octets, 68),
            Namespace = @namespace,
            Shutdown = extras.Shutdown,
            IsV6Only = extras.IsV6Only,
            Mark = extras.Mark,
            CgroupId = extras.CgroupId,
        };
        return true;
    }

    private static bool IsState(byte number) => number is (>= 1 and <= 11) or BoundInactive;

    /// <summary>Linux fills the shutdown attribute for every full socket and for no mini-socket (net/ipv4/inet_diag.c).</summary>
    private static SocketKind KindOf(TcpState state, SocketTimer timer, bool isFull) => (state, timer) switch
    {
        (_, SocketTimer.TimeWait) => SocketKind.TimeWait,
        (TcpState.SynReceived, _) when !isFull => SocketKind.Request,
        _ => SocketKind.Full,
    };

    private static Endpoint EndpointAt(ReadOnlySpan<byte> octets, int port, int address, bool v4)
        => new(HostAddress.FromNetworkOrder(octets.Slice(address, v4 ? 4 : 16)), (ushort)((octets[port] << 8) | octets[port + 1]));

    private static Extras ReadAttributes(ReadOnlySpan<byte> octets, TcpState state, Transport transport, DetailScratch? scratch)
    {
        scratch?.Clear();
        Extras extras = default;
        var attributes = new AttributeReader(octets);
        while (attributes.MoveNext())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            switch ((DiagAttribute)attributes.Type)
            {
                case DiagAttribute.Shutdown when value.Length >= 1:
                    extras.IsFull = true;
                    extras.Shutdown = (Shutdown)(value[0] & 3);
                    break;
                case DiagAttribute.V6Only when value.Length >= 1:
                    extras.IsV6Only = value[0] != 0;
                    break;
                case DiagAttribute.Mark when value.Length >= 4:
                    extras.Mark = U32(value, 0);
                    break;
                case DiagAttribute.CgroupId when value.Length >= 8:
                    extras.CgroupId = MemoryMarshal.Read<ulong>(value);
                    break;
                default:
                    ReadDetail((DiagAttribute)attributes.Type, value, state, transport, scratch);
                    break;
            }
        }

        return extras;
    }

    private static void ReadDetail(
        DiagAttribute type, ReadOnlySpan<byte> value, TcpState state, Transport transport, DetailScratch? scratch)
    {
        if (scratch is null)
        {
            return;
        }

        SocketDetail detail = scratch.Detail;
        switch (type)
        {
            case DiagAttribute.Info when transport == Transport.Tcp:
                TcpInfoReader.Fill(scratch.Info, value, state);
                detail.Info = scratch.Info;
                break;
            case DiagAttribute.SocketMemory:
                detail.Memory = SocketMemoryReader.Read(value);
                break;
            case DiagAttribute.Congestion:
                detail.CongestionControl = KnownNames.Of(value);
                break;
            case DiagAttribute.TypeOfService when value.Length >= 1:
                detail.TypeOfService = value[0];
                break;
            case DiagAttribute.TrafficClass when value.Length >= 1:
                detail.TrafficClass = value[0];
                break;
            case DiagAttribute.UpperLayerProtocol:
                var nested = new AttributeReader(value);
                detail.UpperLayerProtocol = nested.MoveNext() ? KnownNames.Of(nested.Value) : null;
                break;
        }
    }

    private static uint U32(ReadOnlySpan<byte> octets, int offset) => MemoryMarshal.Read<uint>(octets[offset..]);

    private struct Extras
    {
        public bool IsFull;
        public bool IsV6Only;
        public Shutdown Shutdown;
        public uint? Mark;
        public ulong CgroupId;
    }
}
