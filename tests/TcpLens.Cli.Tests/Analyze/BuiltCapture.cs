using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Analyze;

/// <summary>
/// A capture made segment by segment: pcap with nanoseconds, IPv4 without a link header, 10.0.0.1:40000 opening to 10.0.0.2:80. Checksums
/// are left to the interface, as on a sending host.
/// </summary>
internal sealed class BuiltCapture
{
    public const uint OriginatorStart = 1_000_000;
    public const uint ResponderStart = 4_294_967_000;     // Wraps after 295 octets.

    private readonly List<byte> _file = [];
    private long _milliseconds;

    public BuiltCapture()
    {
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xa1b2_3c4d);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 101);
        _file.AddRange(head);
    }

    public byte[] Octets => [.. _file];

    public ushort OriginatorPort { get; init; } = 40_000;

    public BuiltCapture Handshake() => From(ControlBits.Syn, 0, 0).To(ControlBits.Syn | ControlBits.Ack, 0, 1).From(ControlBits.Ack, 1, 1);

    /// <summary>A segment of the originator, in numbers relative to both streams.</summary>
    public BuiltCapture From(ControlBits bits, uint sequence, uint acknowledgment, ReadOnlySpan<byte> payload = default, ushort window = 64_000)
        => Add(isFromOriginator: true, bits, OriginatorStart + sequence, ResponderStart + acknowledgment, payload, window);

    public BuiltCapture To(ControlBits bits, uint sequence, uint acknowledgment, ReadOnlySpan<byte> payload = default, ushort window = 65_000)
        => Add(isFromOriginator: false, bits, ResponderStart + sequence, OriginatorStart + acknowledgment, payload, window);

    /// <summary>Both ends close, the originator first.</summary>
    public BuiltCapture Close(uint sent, uint received)
        => From(ControlBits.Fin | ControlBits.Ack, sent, received).To(ControlBits.Fin | ControlBits.Ack, received, sent + 1).From(ControlBits.Ack, sent + 1, received + 1);

    public BuiltCapture Wait(int milliseconds)
    {
        _milliseconds += milliseconds;
        return this;
    }

    public string Save(string folder, string name = "built.pcap")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Octets);
        return path;
    }

    private BuiltCapture Add(bool isFromOriginator, ControlBits bits, uint sequence, uint acknowledgment, ReadOnlySpan<byte> payload, ushort window)
    {
        Span<byte> record = stackalloc byte[16 + 40];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(1_700_000_000 + (_milliseconds / 1000)));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(_milliseconds % 1000 * 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)(40 + payload.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)(40 + payload.Length));
        Span<byte> ip = record[16..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(40 + payload.Length));
        (ip[8], ip[9]) = (64, 6);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], isFromOriginator ? 0x0a00_0001 : 0x0a00_0002u);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], isFromOriginator ? 0x0a00_0002 : 0x0a00_0001u);
        Span<byte> tcp = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, isFromOriginator ? OriginatorPort : (ushort)80);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], isFromOriginator ? (ushort)80 : OriginatorPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], bits.Has(ControlBits.Ack) ? acknowledgment : 0);
        tcp[12] = 0x50;
        tcp[13] = (byte)bits;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], window);
        _file.AddRange(record);
        _file.AddRange(payload);
        _milliseconds += 10;
        return this;
    }
}
