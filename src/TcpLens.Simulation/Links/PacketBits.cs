using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>What a link changes in a packet that passes.</summary>
internal static class PacketBits
{
    public static void TurnOne(Span<byte> packet, SeededRandom random)
    {
        if (!packet.IsEmpty)
        {
            packet[random.Below(packet.Length)] ^= (byte)(1 << random.Below(8));
        }
    }

    /// <summary>Sets "congestion experienced" (RFC 3168 §5); false when the sender would not understand it.</summary>
    public static bool TryMark(Span<byte> packet)
    {
        if (Ipv4Header.TryParse(packet, out Ipv4Header four, out _))
        {
            if (four.Ecn is not ((byte)EcnCodepoint.Ect0 or (byte)EcnCodepoint.Ect1) || four.HeaderLength > packet.Length)
            {
                return false;
            }

            packet[1] |= (byte)EcnCodepoint.CongestionExperienced;
            packet[10..12].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~InternetChecksum.Sum(packet[..four.HeaderLength]));
            return true;
        }

        bool isMarked = Ipv6Header.TryParse(packet, out Ipv6Header six, out _) && six.Ecn is (byte)EcnCodepoint.Ect0 or (byte)EcnCodepoint.Ect1;
        if (isMarked)
        {
            packet[1] |= (byte)EcnCodepoint.CongestionExperienced << 4;
        }

        return isMarked;
    }
}
