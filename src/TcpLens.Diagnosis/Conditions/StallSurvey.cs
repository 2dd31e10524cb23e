using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>A connection that does not move.</summary>
/// <param name="Index">Its place among the sockets of the second sample.</param>
/// <param name="Cause">Why it stands still.</param>
/// <param name="For">How long it has, at least.</param>
internal readonly record struct Stall(int Index, StallCause Cause, TimeSpan For);

/// <summary>What all connections to one address tell about it.</summary>
internal sealed class RemoteLife
{
    public int Connections { get; set; }

    /// <summary>Time since anything came from there, on whatever connection.</summary>
    public uint HeardMilliseconds { get; set; } = uint.MaxValue;

    public TimeSpan? Heard => HeardMilliseconds == uint.MaxValue ? null : TimeSpan.FromMilliseconds(HeardMilliseconds);
}

/// <summary>All connections that wait for a peer that does not answer or does not read, found once for every condition that asks.</summary>
internal sealed class StallSurvey
{
    private readonly List<Stall> _all = [];
    private readonly Dictionary<HostAddress, RemoteLife> _remotes = [];

    private StallSurvey()
    {
    }

    public IReadOnlyList<Stall> All => _all;

    /// <summary>True when connections were there whose tcp_info could not be read.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>The address of a stalled connection's peer.</summary>
    public RemoteLife Of(HostAddress remote) => _remotes[remote];

    public static StallSurvey Of(CaseFile facts)
    {
        StallSurvey survey = new();
        List<int> suspects = survey.Suspects(facts.Sockets);
        if (suspects.Count > 0)
        {
            survey.AskRemotes(facts.Sockets);
            bool dropsHere = DropsHere(facts);
            foreach (int index in suspects)
            {
                survey.Add(facts.Sockets, index, dropsHere);
            }
        }

        return survey;
    }

    private List<int> Suspects(ReadOnlySpan<SocketRecord> sockets)
    {
        List<int> suspects = [];
        int withVitals = 0, waiting = 0;
        for (int i = 0; i < sockets.Length; i++)
        {
            ref readonly SocketRecord socket = ref sockets[i];
            if (socket.Entry.SendQueue == 0 || socket.Entry.Inode == 0 || socket.Entry.State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1))
            {
                continue;
            }

            waiting++;
            if (socket.Vitals is { } vitals)
            {
                withVitals++;
                if (socket.Entry.Timer == SocketTimer.ZeroWindowProbe || vitals.Backoff >= StallCauses.StuckBackoff)
                {
                    suspects.Add(i);
                    _remotes.TryAdd(socket.Entry.Remote.Address, new RemoteLife());
                }
            }
        }

        IsBlind = waiting > 0 && withVitals == 0;
        return suspects;
    }

    private void AskRemotes(ReadOnlySpan<SocketRecord> sockets)
    {
        foreach (ref readonly SocketRecord socket in sockets)
        {
            if (socket.Entry.State is TcpState.Listen or TcpState.TimeWait || !_remotes.TryGetValue(socket.Entry.Remote.Address, out RemoteLife? life))
            {
                continue;
            }

            life.Connections++;
            if (socket.Vitals is { } vitals)
            {
                uint heard = Math.Min(vitals.LastAckReceivedMilliseconds ?? uint.MaxValue, vitals.LastDataReceivedMilliseconds ?? uint.MaxValue);
                life.HeardMilliseconds = Math.Min(life.HeardMilliseconds, heard);
            }
        }
    }

    private void Add(ReadOnlySpan<SocketRecord> sockets, int index, bool dropsHere)
    {
        SocketEntry entry = sockets[index].Entry;
        TcpVitals vitals = sockets[index].Vitals!.Value;
        StallCause cause = StallCauses.Of(in entry, in vitals, _remotes[entry.Remote.Address].Heard, dropsHere);
        if (cause is StallCause.None or StallCause.Idle or StallCause.Loss)
        {
            return;
        }

        // A probe of a closed window carries no data; a retransmission does, and what it gets no answer to is what counts.
        TimeSpan standing = cause == StallCause.WindowClosed
            ? TimeSpan.FromMilliseconds(vitals.LastDataSentMilliseconds ?? 0)
            : StallCauses.StuckFor(in entry, in vitals);
        _all.Add(new Stall(index, cause, standing));
    }

    /// <summary>A retransmission that a local rule, queue or missing route swallowed is counted, but not by socket.</summary>
    private static bool DropsHere(CaseFile facts)
        => facts.Moved("TcpExt.TCPRetransFail") is > 0 and { } failed && 2 * failed > (facts.Moved("Tcp.RetransSegs") ?? 0);
}
