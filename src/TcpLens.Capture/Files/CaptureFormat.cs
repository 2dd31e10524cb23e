namespace TcpLens.Capture;

/// <summary>A file format: it looks at octets and says what the record is that they begin with.</summary>
internal abstract class CaptureFormat
{
    /// <summary>A record may be this large; one that says it is larger is damage, or is passed over unseen.</summary>
    public const int MaxRecord = 16 << 20;

    /// <summary>As it is called: "pcap", "pcapng", "snoop".</summary>
    public abstract string Name { get; }

    /// <summary>Looks at the record that begins the octets, which are never empty.</summary>
    /// <param name="octets">What has been read of the file from here on.</param>
    /// <param name="isAll">True when the file has no more.</param>
    /// <param name="record">What was found.</param>
    public abstract RecordStep Next(ReadOnlySpan<byte> octets, bool isAll, out CaptureRecord record);

    protected static RecordStep Needs(long length, out CaptureRecord record)
    {
        record = new() { Length = length };
        return RecordStep.Incomplete;
    }
}
