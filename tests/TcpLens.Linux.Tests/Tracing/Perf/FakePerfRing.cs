using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>A ring of one page as the kernel shares it, written by the test: a record that finds no room is refused.</summary>
internal sealed class FakePerfRing
{
    public const int Length = 4096;

    private const int HeadPlace = 1024;
    private const int TailPlace = 1032;

    private readonly byte[] _octets = GC.AllocateArray<byte>(Environment.SystemPageSize + Length, pinned: true);

    /// <param name="offset">Where head and tail stand, as after so many octets have gone through.</param>
    public FakePerfRing(ulong offset = 0)
    {
        (Head, Tail) = (offset, offset);
        Ring = new PerfRing(Marshal.UnsafeAddrOfPinnedArrayElement(_octets, 0), Length);
    }

    public PerfRing Ring { get; }

    public ref ulong Head => ref Unsafe.As<byte, ulong>(ref _octets[HeadPlace]);

    public ref ulong Tail => ref Unsafe.As<byte, ulong>(ref _octets[TailPlace]);

    public bool Write(ReadOnlySpan<byte> octets)
    {
        if (Head - Tail + (ulong)octets.Length > Length)
        {
            return false;
        }

        foreach (byte octet in octets)
        {
            _octets[Environment.SystemPageSize + (int)(Head++ % Length)] = octet;
        }

        return true;
    }
}
