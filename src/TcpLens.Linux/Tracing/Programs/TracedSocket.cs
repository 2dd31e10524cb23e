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
/// What one processor has to remember from one event to the next, which the kernel raises without a pause between: the timer of a
/// mini-socket was taken away, and now it is set anew. Offsets in octets.
/// </summary>
internal static class ProcessorMemory
{
    public const int Length = 48;

    /// <summary>The mini-socket whose timer was just taken away; 0 when none.</summary>
    public const int Cancelled = 0;

    /// <summary>When its state had begun.</summary>
    public const int Since = 8;

    public const int State = 16;
    public const int Cookie = 24;
    public const int Hash = 32;

    /// <summary>Two numbers of four octets, for changes by the network and by processes: 1 when the first program has just told one.</summary>
    public const int Told = 40;
}

/// <summary>Counts of what found no room, and of what found some after all. Offsets in octets.</summary>
internal static class NoRoomPlace
{
    public const int Length = 24;

    /// <summary>Records, in the ring.</summary>
    public const int Records = 0;

    /// <summary>Sockets, in the table of them, each as often as it tried.</summary>
    public const int Sockets = 8;

    /// <summary>Changes that the first program was too busy for, and the second told.</summary>
    public const int Rescued = 16;
}
