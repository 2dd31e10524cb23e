using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Overwrites TCP options with NOPs, as some middleboxes do to what they do not know; the checksum is made right again.</summary>
/// <param name="kinds">Which; empty: all.</param>
public sealed class OptionStripper(params TcpOptionKind[] kinds) : Middlebox
{
    /// <summary>Options overwritten.</summary>
    public long Stripped { get; private set; }

    protected override bool Pass(int port, Span<byte> packet, Instant now)
    {
        if (TcpPacket.TryParse(packet, out TcpPacket tcp) && Strip(packet[(tcp.At + TcpHeader.MinLength)..(tcp.At + tcp.Header.HeaderLength)]))
        {
            Span<byte> segment = packet[tcp.At..];
            segment[16..18].Clear();
            TcpFields.WriteChecksum(segment, tcp.Addresses);
        }

        return true;
    }

    private bool Strip(Span<byte> options)
    {
        long before = Stripped;
        while (options.Length > 0 && options[0] != (byte)TcpOptionKind.End)
        {
            int length = options[0] == (byte)TcpOptionKind.NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length == 0 || length > options.Length)
            {
                break;
            }

            if (length > 1 && (kinds.Length == 0 || kinds.Contains((TcpOptionKind)options[0])))
            {
                options[..length].Fill((byte)TcpOptionKind.NoOperation);
                Stripped++;
            }

            options = options[length..];
        }

        return Stripped != before;
    }
}
