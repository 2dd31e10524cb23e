using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// What a SYN offered, in the low six bits of the timestamp that answers it: four of the window shift (15: none), SACK, ECN. Linux puts them
/// there, too (net/ipv4/syncookies.c).
/// </summary>
internal readonly record struct CookieOptions(WindowScale? Scale, bool HasSack, bool HasEcn)
{
    private const uint Mask = 63;
    private const uint NoScale = 15;
    private const uint SackBit = 16;
    private const uint EcnBit = 32;

    /// <summary>The timestamp, at most 64 ms older than <paramref name="clock"/>: what comes later must not be before it.</summary>
    public uint WriteTo(uint clock)
    {
        uint bits = (Scale?.Shift ?? NoScale) | (HasSack ? SackBit : 0) | (HasEcn ? EcnBit : 0);
        uint written = (clock & ~Mask) | bits;
        return unchecked((int)(written - clock)) > 0 ? unchecked(written - (Mask + 1)) : written;
    }

    public static CookieOptions Read(uint echo)
    {
        uint shift = echo & NoScale;
        return new(shift == NoScale ? null : new WindowScale((byte)shift), (echo & SackBit) != 0, (echo & EcnBit) != 0);
    }
}
