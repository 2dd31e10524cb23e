namespace TcpLens.Linux;

/// <summary>What the programs remember of a socket between two events, in a table by the socket's address. Offsets in octets.</summary>
internal static class TracedSocket
{
    public const int Length = 64;

    /// <summary>When the present state began.</summary>
    public const int Since = 0;

    public const int Born = 8;
    public const int Established = 16;

    /// <summary>The states so far (<see cref="Observation.StatePath"/>).</summary>
    public const int Path = 24;

    public const int Command = 32;
    public const int Pid = 48;

    /// <summary>For a mini-socket: FIN_WAIT_2 or TIME_WAIT.</summary>
    public const int State = 52;
}

/// <summary>
/// What one processor has to remember from one event to the next, which the kernel raises without a pause between: a mini-socket was
/// made, and now the socket it came from ends; a timer was taken away, and now it is set anew. Offsets in octets.
/// </summary>
internal static class ProcessorMemory
{
    public const int Length = 128;

    /// <summary>The mini-socket just made; 0 when none.</summary>
    public const int Made = 0;

    public const int MadeAddresses = 8;
    public const int MadeRemotePort = 16;
    public const int MadeLocalPort = 18;
    public const int MadeState = 20;

    /// <summary>The mini-socket whose timer was just taken away; 0 when none.</summary>
    public const int Cancelled = 24;

    /// <summary>What was counted for it and has to be taken back if its timer is set anew: the bucket's place, and the time.</summary>
    public const int CountedBucket = 32;

    public const int CountedTime = 40;

    /// <summary>What was remembered of it: a <see cref="TracedSocket"/>.</summary>
    public const int Remembered = 48;
}
