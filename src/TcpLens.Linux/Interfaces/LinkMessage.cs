using System.Runtime.InteropServices;
using System.Text;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// The two messages of rtnetlink that matter here: a link (struct ifinfomsg) and an address of one (struct ifaddrmsg), linux/rtnetlink.h.
/// Pure functions over octets: whatever they hold, the answer is a value or null.
/// </summary>
internal static class LinkMessage
{
    public const ushort NewLink = 16;
    public const ushort GetLink = 18;
    public const ushort NewAddress = 20;
    public const ushort GetAddress = 22;

    private const int LinkLength = 16;
    private const int AddressLength = 8;
    private const ushort AttributeName = 3;         // IFLA_IFNAME
    private const ushort AttributeMtu = 4;          // IFLA_MTU
    private const ushort AttributeLinkInfo = 18;    // IFLA_LINKINFO
    private const ushort AttributeKind = 1;         // IFLA_INFO_KIND
    private const ushort AttributeAddress = 1;      // IFA_ADDRESS: the other end's on a point-to-point link
    private const ushort AttributeLocal = 2;        // IFA_LOCAL
    private const uint FlagUp = 0x1;
    private const uint FlagLoopback = 0x8;

    /// <summary>An interface without its addresses; null when the octets are no whole message, or have no name.</summary>
    public static InterfaceFacts? Link(ReadOnlySpan<byte> message)
    {
        if (message.Length < LinkLength)
        {
            return null;
        }

        string? name = null, kind = null;
        int mtu = 0;
        var attributes = new AttributeReader(message[LinkLength..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case AttributeName:
                    name = Text(attributes.Value);
                    break;
                case AttributeMtu when attributes.Value.Length >= 4:
                    mtu = (int)Math.Min(MemoryMarshal.Read<uint>(attributes.Value), int.MaxValue);
                    break;
                case AttributeLinkInfo:
                    kind = KindIn(attributes.Value);
                    break;
            }
        }

        uint flags = MemoryMarshal.Read<uint>(message[8..]);
        return string.IsNullOrEmpty(name) ? null : new InterfaceFacts(MemoryMarshal.Read<uint>(message[4..]), name, mtu)
        {
            IsUp = (flags & FlagUp) != 0,
            IsLoopback = (flags & FlagLoopback) != 0,
            IsTunnel = Tunnels.IsTunnel(kind, MemoryMarshal.Read<ushort>(message[2..])),
        };
    }

    /// <summary>An address, and the index of the interface that has it; null when the octets are no whole message.</summary>
    public static (uint Index, HostAddress Address)? Address(ReadOnlySpan<byte> message)
    {
        if (message.Length < AddressLength)
        {
            return null;
        }

        ReadOnlySpan<byte> local = default, address = default;
        var attributes = new AttributeReader(message[AddressLength..]);
        while (attributes.MoveNext())
        {
            local = attributes.Type == AttributeLocal ? attributes.Value : local;
            address = attributes.Type == AttributeAddress ? attributes.Value : address;
        }

        ReadOnlySpan<byte> own = local.IsEmpty ? address : local;
        return own.Length is 4 or 16 ? (MemoryMarshal.Read<uint>(message[4..]), HostAddress.FromNetworkOrder(own)) : null;
    }

    private static string? KindIn(ReadOnlySpan<byte> information)
    {
        var nested = new AttributeReader(information);
        while (nested.MoveNext())
        {
            if (nested.Type == AttributeKind)
            {
                return Text(nested.Value);
            }
        }

        return null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
