namespace TcpLens.Linux;

/// <summary>
/// What the programs remember of a socket between two events, in a table by the socket's address. Offsets in octets. The memory of a
/// socket that ended stays, with 0 for its state's beginning, for the next one at that address: to remove and insert would cost more
/// than all the rest.
/// </summary>
internal static class TracedSocket
{
    public const int Length = 64;

    /// <summary>When the present state began; 0 for a socket that has ended.</summary>
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
    public const int Length = 64;

    /// <summary>The mini-socket just made; 0 when none.</summary>
    public const int Made = 0;

    public const int MadeAddresses = 8;
    public const int MadeHash = 16;
    public const int MadeRemotePort = 20;
    public const int MadeState = 22;

    /// <summary>The state that was remembered of the cancelled one.</summary>
    public const int CancelledState = 23;

    /// <summary>The mini-socket whose timer was just taken away; 0 when none.</summary>
    public const int Cancelled = 24;

    /// <summary>What was counted for its end, and has to be taken back if its timer is set anew: the state it left (0: nothing), …</summary>
    public const int CountedState = 32;

    /// <summary>… the place of the bucket (0: none), …</summary>
    public const int CountedBucket = 40;

    /// <summary>… the time …</summary>
    public const int CountedTime = 48;

    /// <summary>… and when its state had begun.</summary>
    public const int CancelledSince = 56;
}
