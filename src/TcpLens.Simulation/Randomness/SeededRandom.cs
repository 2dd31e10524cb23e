using System.Buffers.Binary;
using System.Numerics;

namespace TcpLens.Simulation;

/// <summary>
/// Numbers that look random and are the same for the same seed, on every machine and for ever: xoshiro256** (Blackman and Vigna, 2018),
/// seeded by SplitMix64. Nothing here is a secret.
/// </summary>
public sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SeededRandom(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Another generator, whose numbers do not depend on how many are taken from this one afterwards.</summary>
    public SeededRandom Fork() => new(Next());

    /// <summary>0 to <paramref name="bound"/> − 1; 0 for a bound of 0.</summary>
    public long Below(long bound) => bound <= 0 ? 0 : (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <inheritdoc cref="Below(long)"/>
    public int Below(int bound) => (int)Below((long)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + (int)Below((long)most - least + 1);

    /// <summary>0 to <paramref name="bound"/>, to the 100 ns of a TimeSpan.</summary>
    public TimeSpan Below(TimeSpan bound) => new(Below(bound.Ticks + 1));

    /// <summary>True with this probability. 0 and less takes no number, so that what is switched off does not change what follows.</summary>
    public bool Chance(double probability) => probability > 0 && (Next() >> 11) * (1.0 / (1ul << 53)) < probability;

    public T Pick<T>(params ReadOnlySpan<T> of) => of[Below(of.Length)];

    public void Fill(Span<byte> octets)
    {
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(octets, Next());
        }

        ulong rest = octets.IsEmpty ? 0 : Next();
        for (int i = 0; i < octets.Length; i++, rest >>= 8)
        {
            octets[i] = (byte)rest;
        }
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9e37_79b9_7f4a_7c15;
        ulong mixed = (state ^ (state >> 30)) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
        return mixed ^ (mixed >> 31);
    }
}
