using System.Buffers;
using System.Buffers.Text;
using TcpLens.Protocol;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// Text on its way out, as UTF-8 in one reused buffer: no strings, no allocation. What our own words are made of goes through
/// <see cref="Write(ReadOnlySpan{byte})"/>; whatever somebody else chose (names of processes, paths) goes through <see cref="WriteText(ReadOnlySpan{char})"/>.
/// </summary>
internal abstract class Utf8Writer : IBufferWriter<byte>
{
    protected Utf8Writer(int capacity) => Buffer = GC.AllocateUninitializedArray<byte>(capacity);

    protected byte[] Buffer { get; set; }

    protected int Used { get; set; }

    /// <summary>Room for at least <paramref name="sizeHint"/> octets.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (Buffer.Length - Used < sizeHint || Buffer.Length == Used)
        {
            MakeRoom(Math.Max(1, sizeHint));
        }

        return Buffer.AsSpan(Used);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        _ = GetSpan(sizeHint);
        return Buffer.AsMemory(Used);
    }

    public void Advance(int count) => Used += count;

    /// <summary>Our own words: nothing is escaped.</summary>
    public void Write(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(GetSpan(utf8.Length));
        Used += utf8.Length;
    }

    public void Write(byte octet)
    {
        GetSpan(1)[0] = octet;
        Used++;
    }

    public void WriteLine(ReadOnlySpan<byte> utf8 = default)
    {
        Write(utf8);
        Write((byte)'\n');
    }

    /// <summary>Somebody else's words: what could steer a terminal is shown and not sent (<see cref="Escape"/>).</summary>
    public void WriteText(ReadOnlySpan<char> text) => Used += Escape.Encode(text, GetSpan(Escape.MaxLength(text)));

    /// <inheritdoc cref="WriteText(ReadOnlySpan{char})"/>
    public void WriteText(ReadOnlySpan<byte> utf8) => Used += Escape.Encode(utf8, GetSpan(Escape.MaxLength(utf8)));

    public void WriteNumber(long number)
    {
        if (number is >= 0 and < 10)
        {
            Write((byte)('0' + number));   // Most queues are empty.
            return;
        }

        Utf8Formatter.TryFormat(number, GetSpan(20), out int length);
        Used += length;
    }

    public void WriteNumber(ulong number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(20), out int length);
        Used += length;
    }

    /// <summary>1,234,567</summary>
    public void WriteCount(long count) => Used += Units.FormatCount(GetSpan(Units.MaxLength), count);

    /// <summary>1.2ms, 7.9s, 2h11m</summary>
    public void WriteDuration(ulong microseconds) => Used += Units.FormatDuration(GetSpan(Units.MaxLength), microseconds);

    /// <summary>1.5 MiB</summary>
    public void WriteSize(ulong octets) => Used += Units.FormatSize(GetSpan(Units.MaxLength), octets);

    /// <summary>12.5 Mbit/s</summary>
    public void WriteBitRate(ulong octetsPerSecond) => Used += Units.FormatBitRate(GetSpan(Units.MaxLength), octetsPerSecond);

    /// <summary>The endpoint as ss writes it (<see cref="Endpoint.TryFormat(Span{byte}, out int, IpFamily, bool, ReadOnlySpan{byte})"/>).</summary>
    /// <param name="endpoint">One end of a connection.</param>
    /// <param name="family">Family of the socket.</param>
    /// <param name="takesBothFamilies">True for an IPv6 socket that is not IPv6-only.</param>
    /// <param name="interfaceName">Shown behind the address; Linux lets it hold control characters, so it is escaped. Null: none.</param>
    public void WriteEndpoint(in Endpoint endpoint, IpFamily family, bool takesBothFamilies = false, string? interfaceName = null)
    {
        ReadOnlySpan<byte> scope = default;
        if (interfaceName is not null)
        {
            var name = new MemoryWriter(64);
            name.WriteText(interfaceName);
            scope = name.Written;
        }

        endpoint.TryFormat(GetSpan(Endpoint.MaxFormattedLength + 1 + scope.Length), out int length, family, takesBothFamilies, scope);
        Used += length;
    }

    public void WriteAddress(HostAddress address, IpFamily family)
    {
        address.TryFormat(GetSpan(Endpoint.MaxFormattedLength), out int length, family);
        Used += length;
    }

    public void WriteSpaces(int count)
    {
        // Not Span.Fill: it is the one call here that has to be compiled at run time, because its vectors take the machine's width.
        ReadOnlySpan<byte> blanks = "                                                                "u8;
        for (; count > blanks.Length; count -= blanks.Length)
        {
            Write(blanks);
        }

        if (count > 0)
        {
            Write(blanks[..count]);
        }
    }

    /// <summary>Empties or enlarges the buffer so that <paramref name="size"/> more octets fit.</summary>
    protected abstract void MakeRoom(int size);
}
