namespace TcpLens.Simulation;

/// <summary>
/// What one direction of a link does to packets. Probabilities are 0 to 1, each packet's own. <c>new Weather()</c> does nothing at all.
/// </summary>
public sealed record Weather
{
    public static readonly Weather Clear = new();

    /// <summary>Each packet is lost with this probability, whatever happened to others.</summary>
    public double Loss { get; init; }

    /// <summary>Losses that come together; null: none. Beside <see cref="Loss"/>.</summary>
    public BurstLoss? Bursts { get; init; }

    /// <summary>From the last bit sent to the arrival.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to so much more delay, evenly distributed. Packets wait for those before them: jitter alone does not reorder.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>A packet is held back by up to <see cref="HeldBack"/>, and others overtake it.</summary>
    public double Reordering { get; init; }

    public TimeSpan HeldBack { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>A packet arrives twice; the second copy is held back as in <see cref="Reordering"/>.</summary>
    public double Duplication { get; init; }

    /// <summary>
    /// One bit of the packet is turned. One, because the Internet checksum (RFC 1071) finds every single one and not every pair.
    /// </summary>
    public double Corruption { get; init; }

    /// <summary>0: as many as come.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Packets that wait for the wire, the one on it included; what comes to a full queue is lost. Means nothing without a rate.</summary>
    public int QueuePackets { get; init; } = 1000;

    /// <inheritdoc cref="QueuePackets"/>
    public int QueueOctets { get; init; } = int.MaxValue;

    /// <summary>Packets that meet more octets than these in the queue are marked if their sender can be told so (RFC 3168 §5). Null: never.</summary>
    public int? MarkAbove { get; init; }

    /// <summary>The longest IP packet. Longer ones are lost, and a router says so (RFC 1191, RFC 8201; without DF too, since nothing here fragments).</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>No router says so: a path MTU black hole (RFC 2923).</summary>
    public bool IsBlackHole { get; init; }
}

/// <summary>
/// Losses in bursts (Gilbert and Elliott's two states): with <paramref name="Begin"/> a packet begins a burst, with <paramref name="End"/>
/// it ends one, so a burst is 1 / <paramref name="End"/> packets long on average.
/// </summary>
/// <param name="Begin">Probability that a packet outside begins a burst.</param>
/// <param name="End">Probability that a packet inside is the last one.</param>
/// <param name="Loss">Probability that a packet inside is lost.</param>
public readonly record struct BurstLoss(double Begin, double End, double Loss = 1);
