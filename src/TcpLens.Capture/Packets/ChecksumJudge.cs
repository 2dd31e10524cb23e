using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Verifies a TCP checksum, and tells a wrong one from one that the sender's interface had yet to make: the field then holds the sum
/// of the pseudo-header, with the length (Linux, CHECKSUM_PARTIAL in include/linux/skbuff.h) or without it (large send of other
/// systems), or nothing.
/// </summary>
internal static class ChecksumJudge
{
    /// <summary>For a segment that was captured whole: the cursor stands at its header.</summary>
    public static ChecksumVerdict Judge(in TcpHeader header, in PacketCursor cursor)
    {
        ushort pseudo = InternetChecksum.SumPseudoHeader(cursor.Addresses, IpProtocol.Tcp, (uint)cursor.Sent);
        if (InternetChecksum.Combine(pseudo, InternetChecksum.Sum(cursor.Octets)) == 0xffff)
        {
            return ChecksumVerdict.Good;
        }

        ushort field = header.Checksum;
        bool isLeftToInterface = field == 0 || field == pseudo
            || field == InternetChecksum.SumPseudoHeader(cursor.Addresses, IpProtocol.Tcp, length: 0);
        return isLeftToInterface ? ChecksumVerdict.Offloaded : ChecksumVerdict.Bad;
    }
}
