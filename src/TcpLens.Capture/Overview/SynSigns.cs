using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Signs of SYN floods and of scans: one port that many handshakes fail at, one address that fails at many ports.</summary>
internal sealed class SynSigns
{
    private const int Capacity = 512;

    private HeavyHitters<Endpoint, DistinctSketch> _targets = new(Capacity);
    private HeavyHitters<HostAddress, Attempts> _sources = new(Capacity);

    public SynSigns Copy() => new() { _targets = _targets.Copy(), _sources = _sources.Copy() };

    public void Add(ConnectionRecord record)
    {
        if (IsUnfinished(record.Outcome))
        {
            _targets.Add(record.Responder, 1).Add(record.Originator.Address.High ^ record.Originator.Address.Low);
        }

        if (IsUnfinished(record.Outcome) || record.Outcome is ConnectionOutcome.Refused or ConnectionOutcome.Stray)
        {
            ref Attempts attempts = ref _sources.Add(record.Originator.Address, 1);
            attempts.Ports.Add(record.Responder.Port);
            attempts.Hosts.Add(record.Responder.Address.High ^ record.Responder.Address.Low);
        }
    }

    public List<SynTarget> Targets(int count)
        => _targets.Top(count).ConvertAll(static hitter => new SynTarget(hitter.Key, hitter.Weight, hitter.Note.Estimate(), hitter.Error));

    public List<ScanSource> Sources(int count)
        => _sources.Top(count).ConvertAll(static hitter => new ScanSource(hitter.Key, hitter.Weight, hitter.Note.Ports.Estimate(), hitter.Note.Hosts.Estimate(), hitter.Error));

    private static bool IsUnfinished(ConnectionOutcome outcome)
        => outcome is ConnectionOutcome.Unanswered or ConnectionOutcome.HalfOpen or ConnectionOutcome.Abandoned or ConnectionOutcome.OneSided;

    private struct Attempts
    {
        public DistinctSketch Ports;
        public DistinctSketch Hosts;
    }
}
