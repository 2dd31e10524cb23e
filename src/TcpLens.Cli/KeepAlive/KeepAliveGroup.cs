using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The connections of one process, summed up.</summary>
internal sealed class KeepAliveGroup(ProcessRef? process)
{
    /// <summary>Null for connections without a process, or whose process may not be seen.</summary>
    public ProcessRef? Process { get; } = process;

    public int Connections { get; private set; }

    public int On { get; private set; }

    public int Off { get; private set; }

    public int Unknown { get; private set; }

    public TimeSpan? LongestSilence { get; private set; }

    /// <summary>The soonest and the latest that a dead peer is noticed, among connections whose times are known.</summary>
    public (TimeSpan Least, TimeSpan Most)? NoticedAfter { get; private set; }

    /// <summary>The shortest first-probe time that was inferred; a dead peer is noticed later than that.</summary>
    public TimeSpan? InferredFirstProbe { get; private set; }

    /// <summary>Sums up by first holder, the largest group first.</summary>
    public static List<KeepAliveGroup> Of(KeepAliveSurvey survey, ISocketContext context)
    {
        var groups = new Dictionary<int, KeepAliveGroup>();
        foreach (KeepAliveRow row in survey.Rows)
        {
            ProcessRef? process = context.HoldersOf(in row.Entry) is [var first, ..] ? first.Process : null;
            if (!groups.TryGetValue(process?.Pid ?? 0, out KeepAliveGroup? group))
            {
                groups.Add(process?.Pid ?? 0, group = new KeepAliveGroup(process));
            }

            group.Add(row.Reading);
        }

        return [.. groups.Values.OrderByDescending(static group => group.Connections).ThenBy(static group => group.Process?.Pid)];
    }

    private void Add(KeepAliveReading reading)
    {
        Connections++;
        On += reading.State == KeepAliveState.On ? 1 : 0;
        Off += reading.State == KeepAliveState.Off ? 1 : 0;
        Unknown += reading.State == KeepAliveState.Unknown ? 1 : 0;
        if (reading.Silence > (LongestSilence ?? TimeSpan.MinValue))
        {
            LongestSilence = reading.Silence;
        }

        if (reading.NoticedAfter is { } after)
        {
            NoticedAfter = NoticedAfter is (var least, var most) ? (after < least ? after : least, after > most ? after : most) : (after, after);
        }
        else if (reading.FirstProbeAfter < (InferredFirstProbe ?? TimeSpan.MaxValue))
        {
            InferredFirstProbe = reading.FirstProbeAfter;
        }
    }
}
