namespace TcpLens.Capture;

/// <summary>What the last segment of an end was, where the other's next one is judged by it.</summary>
[Flags]
internal enum LastSegment : byte
{
    Ordinary = 0,
    KeepAlive = 1,
    ZeroWindowProbe = 2,

    /// <summary>A RST or SYN that its receiver must answer with a challenge ACK (RFC 5961).</summary>
    Unacceptable = 4,
}
