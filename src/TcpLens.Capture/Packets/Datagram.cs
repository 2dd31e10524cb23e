using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// A datagram while its fragments arrive, in any order. Fragments are whole units of eight octets, all but the last; what came first
/// stays where fragments overlap.
/// </summary>
internal sealed class Datagram
{
    /// <summary>The largest payload of an IP packet.</summary>
    public const int MaxLength = 65_535;

    private const int Unit = 8;
    private const int Units = (MaxLength + Unit) / Unit;

    private readonly ulong[] _present = new ulong[(Units + 63) / 64];
    private byte[] _octets = [];
    private int _count;

    public FragmentKey Key { get; private set; }

    public bool IsUsed { get; private set; }

    /// <summary>When its first fragment came.</summary>
    public long SinceNanoseconds { get; private set; }

    /// <summary>Octets of the whole; 0 until the last fragment has come.</summary>
    public int Length { get; private set; }

    /// <summary>What the first fragment says of the header that it begins with.</summary>
    public IpProtocol Next { get; private set; }

    public bool HasOverlap { get; private set; }

    /// <summary>Every octet has come.</summary>
    public bool IsWhole => Length > 0 && _count == UnitsOf(Length);

    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, Length);

    public void Begin(in FragmentKey key, long nanoseconds)
    {
        Key = key;
        IsUsed = true;
        SinceNanoseconds = nanoseconds;
        Length = 0;
        HasOverlap = false;
        _count = 0;
        Array.Clear(_present);
    }

    public void End() => IsUsed = false;

    /// <summary>False for a fragment that this datagram cannot have.</summary>
    public bool TryAdd(int offset, bool isLast, IpProtocol next, ReadOnlySpan<byte> octets)
    {
        int end = offset + octets.Length;
        bool fits = end <= MaxLength && octets.Length > 0 && (isLast || octets.Length % Unit == 0);
        bool contradicts = Length > 0 && (end > Length || (isLast && end != Length));
        if (!fits || contradicts)
        {
            return false;
        }

        if (isLast)
        {
            Length = end;
        }

        if (offset == 0)
        {
            Next = next;
        }

        Grow(end);
        for (int at = 0; at < octets.Length; at += Unit)
        {
            Place((offset + at) / Unit, octets[at..Math.Min(at + Unit, octets.Length)]);
        }

        return true;
    }

    private void Place(int unit, ReadOnlySpan<byte> octets)
    {
        ulong bit = 1UL << (unit % 64);
        if ((_present[unit / 64] & bit) != 0)
        {
            HasOverlap = true;
            return;
        }

        _present[unit / 64] |= bit;
        _count++;
        octets.CopyTo(_octets.AsSpan(unit * Unit));
    }

    private void Grow(int length)
    {
        if (_octets.Length < length)
        {
            Array.Resize(ref _octets, Math.Min(Math.Max(length, _octets.Length * 2), MaxLength));
        }
    }

    private static int UnitsOf(int length) => (length + Unit - 1) / Unit;
}
