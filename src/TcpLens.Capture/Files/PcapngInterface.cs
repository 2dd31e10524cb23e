namespace TcpLens.Capture;

/// <summary>An interface of a pcapng section: how its packets begin, and how their times are written.</summary>
internal readonly record struct PcapngInterface(LinkType LinkType, uint SnapLength, TimeScale Time)
{
    private const ushort ResolutionOption = 9;
    private const ushort OffsetOption = 14;

    /// <summary>From the body of an interface description block, eight octets at least.</summary>
    public static PcapngInterface From(ReadOnlySpan<byte> body, ByteOrder order)
    {
        byte resolution = 6;
        long offset = 0;
        foreach (PcapngOption option in new PcapngOptions(body[8..], order))
        {
            switch (option.Code, option.Value.Length)
            {
                case (ResolutionOption, >= 1):
                    resolution = option.Value[0];
                    break;
                case (OffsetOption, >= 8):
                    offset = (long)order.U64(option.Value);
                    break;
            }
        }

        return new((LinkType)order.U16(body), order.U32(body[4..]), TimeScale.From(resolution, offset));
    }
}
