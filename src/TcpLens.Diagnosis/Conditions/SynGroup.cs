using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>Connections whose SYNs are not answered, towards one destination or of one process.</summary>
internal sealed class SynGroup
{
    public int Count { get; private set; }

    public byte MostRepeats { get; private set; }

    public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

    public Tally<Endpoint> Destinations { get; } = new();

    public void Add(in SocketRecord socket)
    {
        Count++;
        MostRepeats = Math.Max(MostRepeats, socket.Entry.TimerRetransmits);
        Destinations.Add(socket.Entry.Remote);
        if (socket.Process is { } process)
        {
            Processes.Add(process);
        }
    }

    /// <summary>
    /// How long the oldest has waited, from its repeats: a second each for the linear ones (Linux 6.5), then doubling. tcp_info
    /// cannot tell: in SYN_SENT its times were never set.
    /// </summary>
    public TimeSpan Oldest(CaseFile facts)
    {
        long linear = facts.Settings.Number("net.ipv4.tcp_syn_linear_timeouts") ?? 0;
        double seconds = MostRepeats <= linear ? MostRepeats : linear + Math.Pow(2, MostRepeats - linear) - 1;
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
    }
}
