using System.Numerics;
using System.Runtime.CompilerServices;

namespace TcpLens.Capture;

/// <summary>
/// How many different values there were, in 256 octets: each value sets one of 2048 bits, and the bits that stayed empty tell how many
/// came (linear counting: Whang, Vander-Zanden, Taylor 1990). Within some 5 % up to 6,000; it never says more than 15,615.
/// </summary>
internal struct DistinctSketch
{
    private const int Bits = 2048;
    private Words _words;

    public void Add(ulong value)
    {
        uint bit = (uint)(Mixed(value) >> 53);
        _words[(int)(bit >> 6)] |= 1UL << (int)(bit & 63);
    }

    public readonly long Estimate()
    {
        int set = 0;
        foreach (ulong word in (ReadOnlySpan<ulong>)_words)
        {
            set += BitOperations.PopCount(word);
        }

        return (long)Math.Round(Bits * Math.Log((double)Bits / Math.Max(1, Bits - set)));
    }

    /// <summary>Neighbouring values must not fall on neighbouring bits only: the finalizer of MurmurHash3.</summary>
    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51_afd7_ed55_8ccd;
        value = (value ^ (value >> 33)) * 0xc4ce_b9fe_1a85_ec53;
        return value ^ (value >> 33);
    }

    [InlineArray(Bits / 64)]
    private struct Words
    {
        private ulong _first;
    }
}
