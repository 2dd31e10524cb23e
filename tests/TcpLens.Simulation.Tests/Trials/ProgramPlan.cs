namespace TcpLens.Simulation.Tests;

/// <summary>How a program ends its connection.</summary>
internal enum Ending : byte
{
    /// <summary>Closes its sending side when it has sent everything, and the rest when the peer has closed too: nothing may be lost.</summary>
    Orderly,

    /// <summary>Waits for the peer's end before it closes its own.</summary>
    AfterPeer,

    /// <summary>Closes when it has sent everything, and reads no more: what the peer still sends is lost, and the peer hears of it.</summary>
    WhenSent,

    /// <summary>Aborts somewhere on the way.</summary>
    Abort,
}

/// <summary>What one program of a trial is going to do; all of it comes from the seed.</summary>
internal sealed record ProgramPlan
{
    public long Octets { get; init; }

    public int WriteChunk { get; init; }

    public int ReadChunk { get; init; }

    /// <summary>Probability of a pause after a chunk.</summary>
    public double Pause { get; init; }

    public TimeSpan LongestPause { get; init; }

    /// <summary>Probability that the options are changed after a chunk.</summary>
    public double Fiddle { get; init; }

    public double Urgent { get; init; }

    public Ending Ending { get; init; }

    /// <summary>Octets sent or received until <see cref="Ending.Abort"/>.</summary>
    public long AbortAfter { get; init; }

    /// <summary>From seeing the peer's end to doing something about it.</summary>
    public TimeSpan Hesitation { get; init; }

    public static ProgramPlan Draw(SeededRandom random, bool mayAbort)
    {
        long octets = random.Pick(0L, 1L, random.Below(3000L), random.Below(30_000L), random.Below(150_000L));
        int ending = random.Below(mayAbort ? 8 : 5);
        return new()
        {
            Octets = octets,
            WriteChunk = random.Pick(1 + random.Below(20), 1 + random.Below(3000), 65_536) + (int)(octets / 200),
            ReadChunk = random.Pick(1 + random.Below(50), 1 + random.Below(3000), 65_536),
            Pause = random.Pick(0.0, 0.0, 0.02, 0.2),
            LongestPause = random.Pick(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3)),
            Fiddle = random.Pick(0.0, 0.0, 0.05),
            Urgent = random.Pick(0.0, 0.0, 0.0, 0.05),
            Ending = ending switch { < 4 => Ending.Orderly, 4 => Ending.AfterPeer, < 7 => Ending.Abort, _ => Ending.WhenSent },
            AbortAfter = random.Below(octets + 1),
            Hesitation = random.Pick(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(100)),
        };
    }
}
