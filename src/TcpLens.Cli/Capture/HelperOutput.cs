using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>What a program writes, as a stream; the program ends with it.</summary>
internal sealed class HelperOutput(HelperProcess helper, FileStream input) : Stream
{
    // Nothing hangs here but the disk, for which everybody waits.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The program has said nothing for a minute.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = helper.Read(buffer, Patience);
        return read >= 0 ? read : throw new IOException($"the program that unpacks {input.Name} has said nothing for {Patience.TotalSeconds} seconds");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            helper.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
