using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// What is left of a connection in TIME-WAIT that no program holds: enough to answer what still comes, and to judge a new SYN. 56 octets,
/// with its share of the table's buckets 64 at most.
/// </summary>
internal struct TimeWaitRecord
{
    /// <summary>No record, at the ends of chains.</summary>
    public const int None = -1;

    /// <summary>Bits of <see cref="LocalNumber"/>; with four of a shift and one flag they fill a field of 16.</summary>
    public const int NumberBits = 11;

    private const int FlagBit = 15;

    /// <param name="localNumber">Which of the host's addresses.</param>
    /// <param name="tuple">The connection's.</param>
    /// <param name="facts">What it knew.</param>
    /// <param name="timestampOffset">Of its clock.</param>
    public TimeWaitRecord(int localNumber, in FourTuple tuple, in TimeWaitFacts facts, uint timestampOffset)
    {
        RemoteAddress = tuple.Remote.Address;
        (LocalPort, RemotePort) = (tuple.Local.Port, tuple.Remote.Port);
        Packed = (ushort)(localNumber | (facts.Scale.Shift << NumberBits) | (facts.HasTimestamps ? 1 << FlagBit : 0));
        Window = new WindowSize(facts.ReceiveWindow) >> facts.Scale;
        (SendNext, ReceiveNext) = (facts.SendNext, facts.ReceiveNext);
        (RecentTimestamp, TimestampOffset) = (facts.RecentTimestamp, timestampOffset);
        NextInBucket = Older = Newer = None;
    }

    public HostAddress RemoteAddress { get; }

    public ushort RemotePort { get; }

    public ushort LocalPort { get; }

    /// <summary>Stands here so that nothing is lost to alignment: number of the local address, shift, whether there are timestamps.</summary>
    private ushort Packed { get; }

    /// <summary>The window that its ACKs show, as the header has it.</summary>
    public WindowField Window { get; }

    /// <summary>Which of the host's addresses.</summary>
    public readonly int LocalNumber => Packed & ((1 << NumberBits) - 1);

    public SeqNum ReceiveNext { get; }

    public SeqNum SendNext { get; }

    /// <summary>TS.Recent (RFC 7323 §5.3).</summary>
    public uint RecentTimestamp { get; }

    public uint TimestampOffset { get; }

    /// <summary>When it is over, in milliseconds of a clock that goes round.</summary>
    public uint Expiry { readonly get; set; }

    public int NextInBucket { readonly get; set; }

    public int Older { readonly get; set; }

    public int Newer { readonly get; set; }

    public readonly TimeWaitFacts Facts
    {
        get
        {
            var scale = new WindowScale((byte)((Packed >> NumberBits) & 15));
            return new(SendNext, ReceiveNext, (Window << scale).Octets, Packed >> FlagBit != 0, RecentTimestamp, scale);
        }
    }
}
