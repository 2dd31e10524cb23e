using System.Buffers.Binary;
using System.Numerics;

namespace TcpLens.Stack;

/// <summary>
/// A keyed hash of whole 64-bit words, for a secret of 128 bits: whoever does not know it cannot tell the next value from the last
/// (Aumasson and Bernstein, "SipHash: a fast short-input PRF").
/// </summary>
internal readonly struct SipHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <param name="secret">16 octets.</param>
    public SipHash(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, 16);
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(secret);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);
    }

    private SipHash(ulong key0, ulong key1) => (_key0, _key1) = (key0, key1);

    /// <summary>A key of its own for each purpose, so that what one of them shows tells nothing of another.</summary>
    public SipHash For(ulong purpose) => new(Strong([purpose, 0]), Strong([purpose, 1]));

    /// <summary>SipHash-2-4: for numbers that others see.</summary>
    public ulong Strong(params ReadOnlySpan<ulong> words) => Hash(words, rounds: 2, finalRounds: 4);

    /// <summary>SipHash-1-3: for tables, where an attacker sees no more than how long an answer took.</summary>
    public ulong Quick(params ReadOnlySpan<ulong> words) => Hash(words, rounds: 1, finalRounds: 3);

    private ulong Hash(ReadOnlySpan<ulong> words, int rounds, int finalRounds)
    {
        var state = new State(_key0, _key1);
        foreach (ulong word in words)
        {
            state.Take(word, rounds);
        }

        state.Take((ulong)words.Length << 59, rounds);
        return state.Finish(finalRounds);
    }

    private ref struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575;
        private ulong _v1 = key1 ^ 0x646f72616e646f6d;
        private ulong _v2 = key0 ^ 0x6c7967656e657261;
        private ulong _v3 = key1 ^ 0x7465646279746573;

        public void Take(ulong word, int rounds)
        {
            _v3 ^= word;
            Mix(rounds);
            _v0 ^= word;
        }

        public ulong Finish(int rounds)
        {
            _v2 ^= 0xff;
            Mix(rounds);
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Mix(int rounds)
        {
            (ulong v0, ulong v1, ulong v2, ulong v3) = (_v0, _v1, _v2, _v3);
            for (int i = 0; i < rounds; i++)
            {
                v0 += v1;
                v2 += v3;
                v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
                v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
                v0 = BitOperations.RotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
                v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
                v2 = BitOperations.RotateLeft(v2, 32);
            }

            (_v0, _v1, _v2, _v3) = (v0, v1, v2, v3);
        }
    }
}
