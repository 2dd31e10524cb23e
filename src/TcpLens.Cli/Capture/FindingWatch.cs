using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// Asks the doctor again and again, on a thread of its own, whether one of some conditions has come up: <c>--trigger 'finding ID'</c>.
/// It sees what the user sees whom the capture has become.
/// </summary>
internal sealed class FindingWatch : IDisposable
{
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(2);

    private readonly Session _session;
    private readonly LiveMachine _machine;
    private readonly string[] _ids;
    private readonly Action<Firing> _fire;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;

    /// <param name="session">Says where to look.</param>
    /// <param name="machine">Opened before root was given up; disposed of here.</param>
    /// <param name="ids">Conditions, any of them.</param>
    /// <param name="fire">Hears of each finding.</param>
    public FindingWatch(Session session, LiveMachine machine, IEnumerable<string> ids, Action<Firing> fire)
    {
        (_session, _machine, _ids, _fire) = (session, machine, [.. ids], fire);
        _thread = new Thread(Work) { IsBackground = true, Name = "doctor" };
        _thread.Start();
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _machine.Dispose();
        _end.Dispose();
    }

    private void Work()
    {
        var examiner = new Examiner(_machine, _session.Clock, static _ => { });
        var options = new DoctorOptions { Only = _ids };
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Examination seen = examiner.Examine(BetweenSamples, _end.Token);
                foreach (Finding finding in DoctorReport.Flatten(Doctor.Examine(seen, options).Findings))
                {
                    _fire(new($"finding {finding.Condition.Id}", CaptureClock.Nanoseconds(_session.Clock), $"the doctor finds {finding.Id}: {finding.Summary}"));
                }
            }
            catch (IOException failure)
            {
                _session.Error.Warning($"the doctor cannot look any longer: {failure.Message}");
                return;
            }
        }
    }
}
