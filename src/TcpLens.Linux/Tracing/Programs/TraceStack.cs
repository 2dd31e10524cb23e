using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Where things stand on the stack of a tracing program (512 octets below R10).</summary>
internal static class TraceStack
{
    public const int Tail = -LifeTail.Length;
    public const int Record = Tail - TraceRecord.Length;

    /// <summary>Key of the table of sockets: the address.</summary>
    public const int Key = Record - 8;

    /// <summary>Key of a map with a few values, by number.</summary>
    public const int Number = Key - 8;

    /// <summary>What is to be remembered of a socket.</summary>
    public const int Value = Number - TracedSocket.Length;

    /// <summary>A copy of the socket's struct sock_common, the beginning of all kinds of sockets; or of a packet's headers.</summary>
    public const int Common = Value - CommonLength;

    public const int CommonLength = 136;

    public const int Scratch = Common - 24;

    /// <summary>Whose turn it is (<see cref="ProcessorMemory.Told"/>).</summary>
    public const int Turn = Scratch - 8;
}

/// <summary>Places in a <see cref="TraceRecord"/>, in octets; a test holds them against the type.</summary>
internal static class RecordPlace
{
    public const int At = 0;
    public const int Since = 8;
    public const int Socket = 16;
    public const int Cookie = 24;
    public const int Namespace = 32;
    public const int Pid = 36;
    public const int Command = 40;
    public const int Inode = 56;
    public const int UserId = 60;
    public const int Kind = 64;
    public const int From = 65;
    public const int To = 66;
    public const int Family = 67;
    public const int LocalPort = 68;
    public const int RemotePort = 70;
    public const int LocalAddress = 72;
    public const int RemoteAddress = 88;
    public const int Marks = 104;
    public const int Errno = 106;
    public const int Reason = 108;
    public const int Sequence = 112;
    public const int SegmentLength = 116;
    public const int Attempt = 120;
    public const int Phase = 122;
    public const int SegmentFlags = 123;
    public const int Rtt = 124;
}

/// <summary>Places in a <see cref="LifeTail"/>, in octets.</summary>
internal static class TailPlace
{
    public const int Established = 0;
    public const int Path = 8;
    public const int BytesAcknowledged = 16;
    public const int BytesReceived = 24;
    public const int BytesRetransmitted = 32;
    public const int SegmentsSent = 40;
    public const int SegmentsReceived = 44;
    public const int Retransmits = 48;
    public const int MinRtt = 52;
}
