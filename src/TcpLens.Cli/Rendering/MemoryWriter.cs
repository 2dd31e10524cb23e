namespace TcpLens.Cli.Rendering;

/// <summary>Text kept in memory: the cells of a table before their widths are known, the sections of a page, what a test looks at.</summary>
internal sealed class MemoryWriter(int capacity = 256) : Utf8Writer(capacity)
{
    public int Length => Used;

    public ReadOnlySpan<byte> Written => Buffer.AsSpan(0, Used);

    public void Clear() => Used = 0;

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Written);

    protected override void MakeRoom(int size)
    {
        byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(Buffer.Length * 2, Used + size));
        Written.CopyTo(larger);
        Buffer = larger;
    }
}
