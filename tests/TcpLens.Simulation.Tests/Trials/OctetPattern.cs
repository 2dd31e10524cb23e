namespace TcpLens.Simulation.Tests;

/// <summary>A stream of octets of which each is known by its position, so that what arrives can be judged without keeping what was sent.</summary>
internal readonly record struct OctetPattern(uint Key)
{
    public byte this[long position] => (byte)((unchecked(((uint)position * 0x9e37_79b1u) ^ Key ^ (uint)(position >> 32)) * 0x85eb_ca6bu) >> 24);

    public void Fill(Span<byte> octets, long position)
    {
        for (int i = 0; i < octets.Length; i++)
        {
            octets[i] = this[position + i];
        }
    }

    /// <summary>Where the octets differ from the stream at this position; −1 when nowhere.</summary>
    public int FindMismatch(ReadOnlySpan<byte> octets, long position)
    {
        for (int i = 0; i < octets.Length; i++)
        {
            if (octets[i] != this[position + i])
            {
                return i;
            }
        }

        return -1;
    }
}
