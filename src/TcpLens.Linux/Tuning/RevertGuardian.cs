using System.Globalization;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// A process of its own session that puts a change back when its time is over and nobody confirmed it. It is started before the
/// change, because the change may cut off whoever made it, and it outlives the terminal.
/// </summary>
public static class RevertGuardian
{
    /// <summary>The first argument that makes this program one.</summary>
    public const string Verb = "--revert-guardian";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the change is confirmed, taken back or due. What goes wrong ends up in the journal.</summary>
    /// <param name="arguments">Behind the verb: root, number of the change, milliseconds.</param>
    /// <param name="clock">Measures the time, and dates the journal.</param>
    public static int Run(ReadOnlySpan<string> arguments, TimeProvider clock)
    {
        if (arguments is not [var root, var number, var milliseconds])
        {
            return 2;
        }

        int change = int.Parse(number, CultureInfo.InvariantCulture);
        TimeSpan patience = TimeSpan.FromMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
        long start = clock.GetTimestamp();
        _ = OutputDescriptor.StandardOutput.Write("ready\n"u8);
        var tuner = new Tuner(new TunePaths(root), clock);
        while (clock.GetElapsedTime(start) is var waited && waited < patience)
        {
            TimeSpan left = patience - waited;
            Thread.Sleep(left < Look ? left : Look);
            if (!IsPending(tuner, change))
            {
                return 0;
            }
        }

        return PutBack(tuner, change);
    }

    /// <summary>Starts one, and comes back when it keeps time.</summary>
    /// <returns>Its process id.</returns>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    internal static int Start(TunePaths paths, int change, TimeSpan patience)
    {
        using HelperProcess guardian = HelperProcess.StartSelf(
            [Verb, paths.Root, change.ToString(CultureInfo.InvariantCulture), ((long)patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)],
            isDetached: true);
        Span<byte> greeting = stackalloc byte[16];
        int length = guardian.Read(greeting, StartPatience);
        if (length <= 0)
        {
            throw new SystemCallException("start the process that would put the change back", length < 0 ? Libc.ETIMEDOUT : Libc.ESRCH);
        }

        guardian.Leave();
        return guardian.Pid;
    }

    private static bool IsPending(Tuner tuner, int change)
        => tuner.History()[change] is { State: TuneState.Started or TuneState.Waiting };

    private static int PutBack(Tuner tuner, int change)
    {
        if (tuner.History()[change] is not { State: TuneState.Started or TuneState.Waiting } entry)
        {
            return 0;
        }

        try
        {
            tuner.Undo(tuner.PlanUndo(entry), isByItself: true);
            return 0;
        }
        catch (IOException)
        {
            return 1;   // The journal has it, or nothing could be written at all; the next tune says that it is overdue.
        }
    }
}
