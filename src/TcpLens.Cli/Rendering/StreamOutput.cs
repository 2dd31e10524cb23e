namespace TcpLens.Cli.Rendering;

/// <summary>Text on its way into a stream, 64 KiB at a time. Whoever writes flushes at the end.</summary>
internal sealed class StreamOutput(Stream stream) : Utf8Writer(Capacity)
{
    private const int Capacity = 64 * 1024;

    public void Flush()
    {
        stream.Write(Buffer, 0, Used);
        Used = 0;
    }

    protected override void MakeRoom(int size)
    {
        Flush();
        if (size > Buffer.Length)
        {
            Buffer = GC.AllocateUninitializedArray<byte>(size);
        }
    }
}
