using System.Globalization;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// The files of a capture: one, or one after the other as <see cref="Rotation"/> says. Without rotation the file has the name that was
/// given; with it web.pcapng becomes web-00001.pcapng, web-00002.pcapng and so on.
/// </summary>
/// <param name="path">As the user gave it.</param>
/// <param name="rotation">Null for one file.</param>
/// <param name="head">The first octets of each file.</param>
/// <param name="count">What the kernel has counted so far, with the time.</param>
internal sealed class PacketFiles(string path, Rotation? rotation, byte[] head, Func<CaptureStatistics> count) : IPacketStore, IDisposable
{
    private const int StatisticsRoom = 200;

    private readonly Queue<(string Path, long Packets)> _finished = [];
    private PacketFile? _file;
    private CaptureStatistics _before;
    private CaptureStatistics _noted;
    private long _turnNanoseconds = long.MaxValue;
    private long _packetsOfFinished;
    private int _number;

    public long PacketsKept => _packetsOfFinished + (_file?.Packets ?? 0);

    public long OctetsWritten { get; private set; }

    public bool IsDone => false;

    public string? CurrentPath => _file?.Path;

    public IReadOnlyList<string> Paths => [.. _finished.Select(static file => file.Path), .. _file is null ? Array.Empty<string>() : [_file.Path]];

    /// <summary>A file ends with what was counted, which needs its room too.</summary>
    private long MostOctets => rotation!.Octets is { } octets ? octets - StatisticsRoom : long.MaxValue;

    /// <summary>Makes the first file at once, so that what hinders it is known before anything is captured.</summary>
    /// <param name="owner">Whom to give it to; null to keep it.</param>
    public void Open(OrdinaryUser? owner)
    {
        Begin();
        if (owner is not null)
        {
            _file!.GiveTo(owner);
        }
    }

    public void Keep(ReadOnlySpan<byte> blocks, int packets)
    {
        if (rotation is null || !MustSplit(blocks.Length, packets))
        {
            Write(blocks, packets);
        }
        else
        {
            Split(blocks);
        }
    }

    public void Note()
    {
        CaptureStatistics now = count();
        if (_file is not null && (now.DroppedByKernel != _noted.DroppedByKernel || now.DroppedByInterface != _noted.DroppedByInterface))
        {
            _noted = now;
            WriteStatistics(in now);
        }
    }

    public void Complete()
    {
        if (_file is not null)
        {
            CaptureStatistics now = count();
            WriteStatistics(in now);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Each packet to its file.</summary>
    private void Split(ReadOnlySpan<byte> rest)
    {
        int length = 0, packets = 0;
        while (length < rest.Length)
        {
            int next = PcapngBlocks.ReadPacket(rest[length..], out long time, out _, out _);
            if (IsFull(length + next, packets + 1, time))
            {
                Write(rest[..length], packets);
                rest = rest[length..];
                (length, packets) = (0, 0);
                Turn(time);
            }

            length += next;
            packets++;
        }

        Write(rest, packets);
    }

    private void Begin()
    {
        _number++;
        _file = PacketFile.Create(rotation is null ? path : NumberedPath(path, _number));
        _before = count();
        Write(head, packets: 0);
    }

    /// <summary>web.pcapng, 7: web-00007.pcapng</summary>
    internal static string NumberedPath(string path, int number)
    {
        string ending = Path.GetExtension(path);
        return string.Create(CultureInfo.InvariantCulture, $"{path[..^ending.Length]}-{number:00000}{ending}");
    }

    /// <summary>True when some of the packets may belong into the next file.</summary>
    private bool MustSplit(int octets, int packets)
        => rotation!.Time is not null
            || _file!.Length + octets > MostOctets
            || _file.Packets + packets > (rotation.Packets ?? long.MaxValue);

    /// <summary>True when the file has no room for so much more, or its time is over. A file holds one packet at least.</summary>
    private bool IsFull(int octets, int packets, long timeNanoseconds)
    {
        if (rotation!.Time is { } time && _turnNanoseconds == long.MaxValue)
        {
            _turnNanoseconds = timeNanoseconds + (time.Ticks * TimeSpan.NanosecondsPerTick);
        }

        return _file!.Packets + packets > 1
            && (_file.Length + octets > MostOctets
                || _file.Packets + packets > (rotation.Packets ?? long.MaxValue)
                || timeNanoseconds >= _turnNanoseconds);
    }

    private void Turn(long timeNanoseconds)
    {
        Complete();
        _finished.Enqueue((_file!.Path, _file.Packets));
        _packetsOfFinished += _file.Packets;
        _file.Dispose();
        _turnNanoseconds = rotation!.Time is { } time ? timeNanoseconds + (time.Ticks * TimeSpan.NanosecondsPerTick) : long.MaxValue;
        Begin();
        while (_finished.Count >= (rotation.Files ?? int.MaxValue))
        {
            (string oldest, long packets) = _finished.Dequeue();
            _packetsOfFinished -= packets;
            File.Delete(oldest);
        }
    }

    private void Write(ReadOnlySpan<byte> blocks, int packets)
    {
        if (!blocks.IsEmpty)
        {
            _file!.Write(blocks, packets);
            OctetsWritten += blocks.Length;
        }
    }

    /// <summary>Of this file's time alone.</summary>
    private void WriteStatistics(in CaptureStatistics now) => Write(PcapngBlocks.Statistics(new(
        _before.EndNanoseconds,
        now.EndNanoseconds,
        now.Received - _before.Received,
        now.DroppedByKernel - _before.DroppedByKernel,
        now.DroppedByInterface - _before.DroppedByInterface,
        _file!.Packets)), packets: 0);
}
