using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>A connection that does not move.</summary>
/// <param name="Index">Its place among the sockets of the second sample.</param>
/// <param name="Cause">Why it stands still.</param>
/// <param name="For">How long it has, at least.</param>
internal readonly record struct Stall(int Index, StallCause Cause, TimeSpan For);

/// <summary>All connections that wait for a peer that does not answer or does not read, found once for every condition that asks.</summary>
internal sealed class StallSurvey
{
    private static readonly Comparer<Stall> ByIndex = Comparer<Stall>.Create(static (left, right) => left.Index.CompareTo(right.Index));

    private readonly List<Stall> _all = [];   // In the order of the table.
    private readonly Dictionary<HostAddress, RemoteSigns> _remotes = [];
    private readonly Dictionary<HostAddress, int> _unanswered = [];

    private StallSurvey()
    {
    }

    public IReadOnlyList<Stall> All => _all;

    /// <summary>True when connections were there whose tcp_info could not be read.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Of the socket at this place of the second sample; None when it is not stalled.</summary>
    public StallCause CauseOf(int index)
    {
        int place = _all.BinarySearch(new Stall(index, default, default), ByIndex);
        return place >= 0 ? _all[place].Cause : StallCause.None;
    }

    /// <summary>
    /// Connections into the network of this address (/24, for IPv6 /64) that get no answer: from three on it is the path or the
    /// host that is at fault, and not one connection.
    /// </summary>
    public int UnansweredIn(HostAddress remote) => _unanswered.GetValueOrDefault(NetworkOf(remote));

    /// <summary>Its first 24 bits, for IPv6 64: where one route and one link mostly lead.</summary>
    public static HostAddress NetworkOf(HostAddress address)
        => address.IsV4Mapped ? new HostAddress(address.High, address.Low & ~0xfful) : new HostAddress(address.High, 0);

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
            withVitals += socket.HasVitals ? 1 : 0;
            if (socket.HasVitals && (socket.Entry.Timer == SocketTimer.ZeroWindowProbe || socket.VitalsInPlace.Backoff >= StallCauses.StuckBackoff))
            {
                suspects.Add(i);
                _remotes.TryAdd(socket.Entry.Remote.Address, default);
            }
        }

        IsBlind = waiting > 0 && withVitals == 0;
        return suspects;
    }

    /// <summary>When anything last came from the peers of the suspects, and how large the segments were that they acknowledged.</summary>
    private void AskRemotes(ReadOnlySpan<SocketRecord> sockets)
    {
        foreach (ref readonly SocketRecord socket in sockets)
        {
            ref readonly TcpVitals vitals = ref socket.VitalsInPlace;
            if (!socket.HasVitals)
            {
                continue;
            }

            ref RemoteSigns signs = ref CollectionsMarshal.GetValueRefOrNullRef(_remotes, socket.Entry.Remote.Address);
            if (!Unsafe.IsNullRef(ref signs))
            {
                uint heard = Math.Min(vitals.LastAckReceivedMilliseconds ?? uint.MaxValue, vitals.LastDataReceivedMilliseconds ?? uint.MaxValue);
                signs = new RemoteSigns(
                    signs.Heard?.TotalMilliseconds < heard ? signs.Heard : TimeSpan.FromMilliseconds(heard),
                    Math.Max(signs.LargestPassedOctets, StallCauses.PassedOctets(in vitals) ?? 0));
            }
        }
    }

    private void Add(ReadOnlySpan<SocketRecord> sockets, int index, bool dropsHere)
    {
        SocketEntry entry = sockets[index].Entry;
        TcpVitals vitals = sockets[index].Vitals!.Value;
        StallCause cause = StallCauses.Of(in entry, in vitals, _remotes[entry.Remote.Address], dropsHere);
        if (cause is StallCause.None or StallCause.Idle or StallCause.Loss)
        {
            return;
        }

        // Probes of a closed window carry no data and do not double the timeout that tcp_info shows.
        TimeSpan standing = cause == StallCause.WindowClosed ? TimeSpan.FromMilliseconds(vitals.LastDataSentMilliseconds ?? 0)
            : entry.Timer == SocketTimer.ZeroWindowProbe ? TimeSpan.FromMilliseconds(vitals.LastAckReceivedMilliseconds ?? 0)
            : StallCauses.StuckFor(in entry, in vitals);
        _all.Add(new Stall(index, cause, standing));
        if (cause == StallCause.Unanswered)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_unanswered, NetworkOf(entry.Remote.Address), out _)++;
        }
    }

    /// <summary>A retransmission that a local rule, queue or missing route swallowed is counted, but not by socket.</summary>
    private static bool DropsHere(CaseFile facts)
        => facts.Moved("TcpExt.TCPRetransFail") is > 0 and { } failed && 2 * failed > (facts.Moved("Tcp.RetransSegs") ?? 0);
}
