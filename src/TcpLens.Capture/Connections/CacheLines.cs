using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TcpLens.Capture;

/// <summary>
/// What will be needed soon and has not been touched for long is read once ahead: its lines then come into the processor's cache side by
/// side, where the work itself would wait for one after the other.
/// </summary>
internal static class CacheLines
{
    private const int Size = 64;

    /// <returns>A number that means nothing: it keeps the compiler from leaving the reading out.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Fetch<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> octets = MemoryMarshal.AsBytes(values);
        int sum = 0;
        for (int at = 0; at < octets.Length; at += Size)
        {
            sum += octets[at];
        }

        return sum;
    }
}
