namespace TcpLens.Testing;

/// <summary>
/// No processor is idle: on each one something runs that steps aside for everything else. perf of Linux 6.18 records little of what timers do
/// on an idle processor.
/// </summary>
public sealed class WakefulProcessors : IDisposable
{
    private readonly List<BackgroundProcess> _spinning = [];

    public WakefulProcessors()
    {
        for (int processor = 0; processor < Environment.ProcessorCount; processor++)
        {
            _spinning.Add(BackgroundProcess.Start(ns: null, "chrt", "--idle", "0", "taskset", "--cpu-list", $"{processor}", "sh", "-c", "echo awake; while :; do :; done"));
        }
    }

    public void Dispose() => _spinning.ForEach(process => process.Dispose());
}
