using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>Idle connections on one listener, or those that one process opened.</summary>
internal sealed class Phantoms(ProcessRef? process, ListenerCase? listener)
{
    /// <summary>Who holds them, or one of several who accept from the listener; null when unknown.</summary>
    public ProcessRef? Process => process;

    /// <summary>Null for connections that the process opened itself.</summary>
    public ListenerCase? Listener => listener;

    /// <summary>Places among the sockets of the second sample.</summary>
    public List<int> Stale { get; } = [];

    /// <summary>Idle for so long that hardly any use explains it.</summary>
    public int Old { get; set; }

    /// <summary>Whose other end would be on this host and is not.</summary>
    public int Proven { get; set; }

    public uint OldestMilliseconds { get; set; }

    /// <summary>All established connections of the listener or process, idle or not.</summary>
    public int Established { get; set; }

    /// <summary>By remote address: how many are stale, and how many are in use.</summary>
    public Dictionary<HostAddress, (int Stale, int Fresh)> Remotes { get; } = [];

    /// <summary>Stale ones whose peer has opened others since: a few in use beside many that are silent.</summary>
    public int LeftBehind => listener is null ? 0 : Remotes.Values.Where(IsReconnect).Sum(static remote => remote.Stale);

    public int Reconnecting => listener is null ? 0 : Remotes.Values.Count(IsReconnect);

    /// <summary>A pool has some in use and some at rest; who comes back again and again has one in use.</summary>
    private static bool IsReconnect((int Stale, int Fresh) remote) => remote.Fresh > 0 && remote.Stale >= 3 * remote.Fresh;
}

/// <summary>
/// Finds connections that look established and may have nobody at the other end: silent in both directions, nothing under way, no
/// keep-alive. Where the other end would be on this host, its absence is proof.
/// </summary>
internal sealed class PhantomSurvey
{
    /// <summary>Longer than most middleboxes remember an idle connection.</summary>
    public static readonly TimeSpan StaleAge = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan OldAge = TimeSpan.FromHours(2);

    public static readonly TimeSpan FreshAge = TimeSpan.FromSeconds(90);

    public const int SeveralMin = 3;

    private readonly HashSet<int> _suspects = [];

    private PhantomSurvey()
    {
    }

    /// <summary>Those with something to suspect, the most stale ones first.</summary>
    public IReadOnlyList<Phantoms> Suspected { get; private set; } = [];

    /// <summary>True when there are connections, and none of them has tcp_info.</summary>
    public bool IsBlind { get; private set; }

    public bool IsSuspect(int index) => _suspects.Contains(index);

    public static bool MayBeDead(in SocketRecord socket)
        => socket.Entry.State == TcpState.Established && socket.Entry.Timer == SocketTimer.Off && socket.Entry.Inode != 0
            && socket.Entry.ReceiveQueue == 0 && socket.Entry.SendQueue == 0;

    public static PhantomSurvey Of(CaseFile facts)
    {
        PhantomSurvey survey = new();
        List<int> stale = survey.Stale(facts);
        if (stale.Count > 0)
        {
            Dictionary<(int Pid, Endpoint Listener), Phantoms> groups = Group(facts, stale);
            CountNeighbours(facts, groups);
            survey.Suspected =
            [
                .. groups.Values
                    .Where(static group => group.Old > 0 || group.Proven > 0 || group.LeftBehind >= SeveralMin)
                    .OrderByDescending(static group => group.Stale.Count),
            ];
            survey._suspects.UnionWith(survey.Suspected.SelectMany(static group => group.Stale));
        }

        return survey;
    }

    private List<int> Stale(CaseFile facts)
    {
        List<int> stale = [];
        uint staleMilliseconds = Milliseconds(facts, StaleAge);
        ReadOnlySpan<SocketRecord> sockets = facts.Sockets;
        int silent = 0, withVitals = 0;
        for (int i = 0; i < sockets.Length; i++)
        {
            ref readonly SocketRecord socket = ref sockets[i];
            if (!MayBeDead(in socket))
            {
                continue;
            }

            silent++;
            withVitals += socket.HasVitals ? 1 : 0;
            if (socket.VitalsInPlace.IdleMilliseconds > staleMilliseconds)
            {
                stale.Add(i);
            }
        }

        IsBlind = silent > 0 && withVitals == 0;
        return stale;
    }

    private static Dictionary<(int Pid, Endpoint Listener), Phantoms> Group(CaseFile facts, List<int> stale)
    {
        Dictionary<(int Pid, Endpoint Listener), Phantoms> groups = [];
        uint oldMilliseconds = Milliseconds(facts, OldAge);
        ReadOnlySpan<SocketRecord> sockets = facts.Sockets;
        List<int> here = stale.FindAll(index => facts.IsHere(facts.Sockets[index].Entry.Remote.Address));
        Dictionary<int, ProcessRef?> answered = OtherEnds.Of(facts, here);
        HashSet<int> unanswered = [.. here.Where(index => !answered.ContainsKey(index))];
        foreach (int index in stale)
        {
            if (answered.ContainsKey(index))
            {
                continue;   // Both ends are seen: it is idle, and alive.
            }

            ref readonly SocketRecord socket = ref sockets[index];
            SocketEntry entry = socket.Entry;
            ListenerCase? listener = facts.ListenerOf(in entry);
            ref Phantoms? group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, KeyOf(in socket, listener), out _);
            group ??= new Phantoms(socket.Process, listener);
            uint idle = socket.VitalsInPlace.IdleMilliseconds ?? 0;
            group.Stale.Add(index);
            group.Proven += unanswered.Contains(index) ? 1 : 0;
            group.Old += idle > oldMilliseconds ? 1 : 0;
            group.OldestMilliseconds = Math.Max(group.OldestMilliseconds, idle);
            CollectionsMarshal.GetValueRefOrAddDefault(group.Remotes, entry.Remote.Address, out _).Stale++;
        }

        return groups;
    }

    private static void CountNeighbours(CaseFile facts, Dictionary<(int Pid, Endpoint Listener), Phantoms> groups)
    {
        uint freshMilliseconds = Milliseconds(facts, FreshAge);
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            SocketEntry entry = socket.Entry;
            if (entry.State != TcpState.Established || entry.Inode == 0
                || !groups.TryGetValue(KeyOf(in socket, facts.ListenerOf(in entry)), out Phantoms? group))
            {
                continue;
            }

            group.Established++;
            if (socket.VitalsInPlace.IdleMilliseconds <= freshMilliseconds)
            {
                ref (int Stale, int Fresh) remote = ref CollectionsMarshal.GetValueRefOrNullRef(group.Remotes, entry.Remote.Address);
                if (!Unsafe.IsNullRef(ref remote))
                {
                    remote.Fresh++;
                }
            }
        }
    }

    private static (int Pid, Endpoint Listener) KeyOf(in SocketRecord socket, ListenerCase? listener)
        => listener is null ? (socket.Process?.Pid ?? 0, default) : (0, listener.Local);

    private static uint Milliseconds(CaseFile facts, TimeSpan age) => (uint)facts.Patience(age).TotalMilliseconds;
}
