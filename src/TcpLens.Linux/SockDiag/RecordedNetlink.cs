namespace TcpLens.Linux;

/// <summary>
/// Answers recorded earlier, played back: each question gets the next answer, datagram by datagram, whatever it asks. What the
/// kernel would never send on request (a dump cut short, garbage, an error in the middle) can be read from here.
/// </summary>
public sealed class RecordedNetlink(params byte[][][] answers) : INetlink
{
    private readonly Queue<byte[][]> _answers = new(answers);
    private readonly Queue<byte[]> _datagrams = new();
    private readonly List<byte[]> _questions = [];

    public uint NamespaceInode => 0;

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<byte[]> Questions => _questions;

    public void Send(ReadOnlySpan<byte> message)
    {
        _questions.Add(message.ToArray());
        if (_answers.TryDequeue(out byte[][]? answer))
        {
            foreach (byte[] datagram in answer)
            {
                _datagrams.Enqueue(datagram);
            }
        }
    }

    /// <summary>An empty datagram ends the walk, as a closed socket would.</summary>
    public int Receive(Span<byte> buffer)
    {
        if (!_datagrams.TryDequeue(out byte[]? datagram))
        {
            return 0;
        }

        datagram.AsSpan(0, Math.Min(datagram.Length, buffer.Length)).CopyTo(buffer);
        return datagram.Length;
    }

    public void Dispose()
    {
    }
}
