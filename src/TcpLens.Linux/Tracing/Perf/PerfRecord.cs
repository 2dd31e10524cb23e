using System.Buffers.Binary;

namespace TcpLens.Linux;

/// <summary>Kinds of records that are read here (linux/perf_event.h, enum perf_event_type).</summary>
internal enum PerfRecordType : uint
{
    Lost = 2,
    TaskRenamed = 3,   // PERF_RECORD_COMM
    TaskBegan = 7,     // PERF_RECORD_FORK
    Sample = 9,
}

/// <summary>
/// One record of a perf ring whose events are opened with PERF_SAMPLE_TID, TIME and RAW, and with sample_id_all: a view, copied from
/// nowhere. What is too short has zeros.
/// </summary>
internal readonly ref struct PerfRecord
{
    public const int HeadLength = 8;

    private const int TaskLength = 16;           // pid, tid and time, before a sample's data and behind all others'.
    private const ushort RenamedByExec = 1 << 13;   // PERF_RECORD_MISC_COMM_EXEC

    private readonly ReadOnlySpan<byte> _octets;

    /// <param name="octets">The record with its head.</param>
    public PerfRecord(ReadOnlySpan<byte> octets)
    {
        _octets = octets.Length >= HeadLength + TaskLength ? octets : default;
        int task = Type == PerfRecordType.Sample ? HeadLength : Math.Max(0, _octets.Length - TaskLength);
        Pid = Int(task);
        Time = _octets.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_octets[(task + 8)..]);
    }

    public PerfRecordType Type => (PerfRecordType)Int(0);

    /// <summary>The process whose task ran, as our own pid namespace names it; 0 when it has no name there, or none ran.</summary>
    public int Pid { get; }

    /// <summary>Nanoseconds on CLOCK_MONOTONIC.</summary>
    public ulong Time { get; }

    /// <summary>A tracepoint's own record, which begins with its number.</summary>
    public ReadOnlySpan<byte> Raw
    {
        get
        {
            const int Start = HeadLength + TaskLength + 4;
            return _octets.Length >= Start ? _octets.Slice(Start, Math.Clamp(Int(Start - 4), 0, _octets.Length - Start)) : default;
        }
    }

    /// <summary>Samples that found no room (<see cref="PerfRecordType.Lost"/>).</summary>
    public ulong Lost => _octets.Length >= HeadLength + 16 + TaskLength ? BinaryPrimitives.ReadUInt64LittleEndian(_octets[(HeadLength + 8)..]) : 0;

    /// <summary>The process that began or got another name; 0 when that was a thread beside others, which gives a process no name.</summary>
    public int Subject => Int(HeadLength + (Type == PerfRecordType.TaskBegan ? 8 : 4)) is var thread && Int(HeadLength) == thread ? thread : 0;

    public int Parent => Int(HeadLength + 4);

    public bool IsExec => !_octets.IsEmpty && (BinaryPrimitives.ReadUInt16LittleEndian(_octets[4..]) & RenamedByExec) != 0;

    /// <summary>The new name, with zeros behind it.</summary>
    public ReadOnlySpan<byte> Name => _octets.Length > HeadLength + 8 + TaskLength ? _octets[(HeadLength + 8)..^TaskLength] : default;

    private int Int(int at) => at + 4 <= _octets.Length ? BinaryPrimitives.ReadInt32LittleEndian(_octets[at..]) : 0;
}
