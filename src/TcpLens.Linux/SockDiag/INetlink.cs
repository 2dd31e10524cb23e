namespace TcpLens.Linux;

/// <summary>A netlink conversation: the kernel's, or one recorded earlier.</summary>
public interface INetlink : IDisposable
{
    /// <summary>Inode of the network namespace that answers; 0 when unknown.</summary>
    uint NamespaceInode { get; }

    void Send(ReadOnlySpan<byte> message);

    /// <summary>One datagram, whole. Returns its full length, which is more than the buffer's when it did not fit.</summary>
    int Receive(Span<byte> buffer);
}
