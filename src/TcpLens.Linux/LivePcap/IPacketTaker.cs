namespace TcpLens.Linux;

/// <summary>Who takes packets as they come.</summary>
public interface IPacketTaker
{
    /// <summary>One packet. The octets are the kernel's: whoever wants them later copies them now.</summary>
    /// <param name="timeNanoseconds">Since the Unix epoch, by the kernel's clock.</param>
    /// <param name="captured">From the link header on, as far as it was captured.</param>
    /// <param name="originalLength">Octets of the whole packet.</param>
    void Take(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength);
}
