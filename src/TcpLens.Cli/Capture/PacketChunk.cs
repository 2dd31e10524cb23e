using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Packets in the form they have in a file, one block after the other: written once, then kept, shown and forgotten as they are.</summary>
internal sealed class PacketChunk
{
    /// <summary>Four of the largest packets there are, and thousands of usual ones.</summary>
    private const int Capacity = 1 << 20;

    private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(Capacity);
    private int _length;

    public ReadOnlySpan<byte> Blocks => _octets.AsSpan(0, _length);

    public int Packets { get; private set; }

    /// <summary>False when it has no room left; then nothing was added.</summary>
    public bool TryAdd(long timeNanoseconds, ReadOnlySpan<byte> captured, int originalLength)
    {
        if (PcapngBlocks.LengthOfPacket(captured.Length) > Capacity - _length)
        {
            return false;
        }

        _length += PcapngBlocks.WritePacket(_octets.AsSpan(_length), timeNanoseconds, captured, originalLength);
        Packets++;
        return true;
    }

    public void Clear() => (_length, Packets) = (0, 0);
}
