using System.Buffers.Binary;

namespace TcpLens.Stack.Tests;

public sealed class SipHashTests
{
    /// <summary>The vectors of the authors' reference implementation: key 00 01 … 0f, message 00 01 … of that length.</summary>
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(16, 0x3f2acc7f57c29bdb)]
    public void The_strong_hash_gives_the_reference_vectors(int length, ulong expected)
        => Assert.Equal(expected, new SipHash(Octets(16)).Strong(Words(length)));

    /// <summary>CPython's hash of these octets, which is SipHash-1-3, with a key of zeros.</summary>
    [Theory]
    [InlineData(16, 0x8972188433a5c5b7)]
    [InlineData(40, 0x95bc321ab41d8206)]
    public void The_quick_hash_gives_what_another_implementation_gives(int length, ulong expected)
        => Assert.Equal(expected, new SipHash(new byte[16]).Quick(Words(length)));

    [Fact]
    public void Each_purpose_has_a_key_of_its_own()
    {
        var key = new SipHash(Octets(16));
        Assert.Equal(4, new[] { key, key.For(1), key.For(2), new SipHash(new byte[16]).For(1) }.Select(k => k.Strong(7)).Distinct().Count());
    }

    private static byte[] Octets(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private static ulong[] Words(int length)
        => [.. Octets(length).Chunk(8).Select(chunk => BinaryPrimitives.ReadUInt64LittleEndian(chunk))];
}
