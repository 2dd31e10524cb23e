namespace TcpLens.Capture;

/// <summary>A file format: it looks at octets and says what the record is that they begin with.</summary>
internal abstract class CaptureFormat
{
    /// <summary>No record is larger; one that says it is, is damage.</summary>
    public const int MaxRecord = 16 << 20;

    /// <summary>As it is called: "pcap", "pcapng", "snoop".</summary>
    public abstract string Name { get; }

    /// <summary>Looks at the record that begins the octets, which are never empty.</summary>
    /// <param name="octets">What has been read of the file from here on.</param>
    /// <param name="record">What was found.</param>
    public abstract RecordStep Next(ReadOnlySpan<byte> octets, out CaptureRecord record);

    /// <summary>True when the octets begin with a record that makes sense: this is how reading goes on after damage.</summary>
    public abstract bool IsPlausible(ReadOnlySpan<byte> octets);

    protected static RecordStep Needs(long length, out CaptureRecord record)
    {
        record = new() { Length = (int)length };
        return RecordStep.Incomplete;
    }

    protected static RecordStep Lost(string text, out CaptureRecord record)
    {
        record = new() { Text = text };
        return RecordStep.Lost;
    }
}
