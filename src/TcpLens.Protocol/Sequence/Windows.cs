namespace TcpLens.Protocol;

/// <summary>The window as the header carries it: 16 bits, before scaling (RFC 9293 §3.1).</summary>
public readonly record struct WindowField(ushort Raw)
{
    /// <summary>
    /// RFC 7323 §2.3: the only way from the wire value to octets is through a scale. The window of a SYN is never scaled (§2.2):
    /// pass <see cref="WindowScale.None"/> there.
    /// </summary>
    public static WindowSize operator <<(WindowField field, WindowScale scale) => new((uint)field.Raw << scale.Shift);
}

/// <summary>The shift count of the window scale option, 0 to 14 (RFC 7323 §2.2).</summary>
public readonly record struct WindowScale
{
    public const byte MaxShift = 14;

    public static readonly WindowScale None;

    /// <param name="shift">The count as received; more than 14 is taken as 14, as RFC 7323 §2.3 asks.</param>
    public WindowScale(byte shift) => Shift = Math.Min(shift, MaxShift);

    public byte Shift { get; }
}

/// <summary>A window or a length in octets, 0 to 65535 × 2^14, which keeps every window below half the circle (RFC 7323 §2.2).</summary>
public readonly record struct WindowSize
{
    public const uint MaxOctets = (uint)ushort.MaxValue << WindowScale.MaxShift;

    public static readonly WindowSize Zero;

    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxOctets"/>: see <see cref="Saturate"/>.</exception>
    public WindowSize(uint octets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(octets, MaxOctets);
        Octets = octets;
    }

    public uint Octets { get; }

    /// <summary>The largest window that fits, when a buffer is larger than any window can say.</summary>
    public static WindowSize Saturate(ulong octets) => new((uint)Math.Min(octets, MaxOctets));

    /// <summary>The header value for this window; octets below one step of the scale are lost, so it never promises too much.</summary>
    public static WindowField operator >>(WindowSize size, WindowScale scale)
        => new((ushort)Math.Min(size.Octets >> scale.Shift, ushort.MaxValue));
}
