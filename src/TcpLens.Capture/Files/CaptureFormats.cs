using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>Which format a file has, by its first octets. Names of files are not looked at: they lie.</summary>
internal static class CaptureFormats
{
    /// <summary>So many octets tell every format apart, and hold the file header of pcap.</summary>
    public const int Needed = 24;

    public static bool IsGzip(ReadOnlySpan<byte> octets) => octets is [0x1f, 0x8b, 8, ..];

    /// <summary>Null for what is no capture file.</summary>
    public static CaptureFormat? Detect(ReadOnlySpan<byte> octets, CaptureTally tally)
        => PcapFormat.IsMagic(octets) ? new PcapFormat(octets, tally)
            : BinaryPrimitives.ReadUInt32BigEndian(octets) == PcapngFormat.SectionHeader ? new PcapngFormat(tally)
            : SnoopFormat.IsMagic(octets) ? new SnoopFormat(octets, tally)
            : null;

    /// <summary>What a file is instead, in words.</summary>
    public static string Describe(ReadOnlySpan<byte> octets) => octets switch
    {
        [] => "the file is empty",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "the file is compressed with zstd",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "the file is compressed with xz",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "the file is compressed with bzip2",
        [0x04, 0x22, 0x4d, 0x18, ..] => "the file is compressed with lz4",
        [(byte)'P', (byte)'K', 3, 4, ..] => "the file is a zip archive",
        { Length: < Needed } => $"the file has {octets.Length} octets: no capture is so short",
        _ => $"the file begins with {octets[0]:x2} {octets[1]:x2} {octets[2]:x2} {octets[3]:x2}, as neither pcap nor pcapng nor snoop does",
    };
}
