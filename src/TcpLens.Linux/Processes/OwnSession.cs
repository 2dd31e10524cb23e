using System.Globalization;
using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// The connections that carry the session this program runs in: cut one, and whoever sits at the other end is gone. They are those
/// of the processes above this one (the shell, sshd, a terminal, an agent), those of whoever is attached to the tmux or screen it
/// runs in, and the one that SSH_CONNECTION names, from both ends.
/// </summary>
public sealed class OwnSession
{
    private const int MostAncestors = 256;   // A chain that is longer goes in circles: pids were given anew while it was read.

    private readonly OwnerIndex _held;
    private readonly (Endpoint Client, Endpoint Server)? _ssh;

    private OwnSession(OwnerIndex held, (Endpoint Client, Endpoint Server)? ssh)
    {
        _held = held;
        _ssh = ssh;
    }

    /// <summary>Processes above this one whose descriptors may not be read; what they hold is not known.</summary>
    public IReadOnlyList<ProcessRef> Unreadable { get; private init; } = [];

    /// <param name="proc">Where processes are looked up.</param>
    /// <param name="pid">This process.</param>
    /// <param name="environment">Its environment: SSH_CONNECTION, TMUX and STY are read.</param>
    public static OwnSession Find(ProcFs proc, int pid, Func<string, string?> environment)
    {
        var held = new OwnerIndex(proc, []);
        List<ProcessRef> unreadable = [];
        foreach (int member in Members(proc, pid, environment))
        {
            if (proc.ReadSockets(member, held) == ProcessReading.Forbidden)
            {
                unreadable.Add(proc.Describe(member));
            }
        }

        return new OwnSession(held, ParseSsh(environment("SSH_CONNECTION"))) { Unreadable = unreadable };
    }

    /// <summary>True when the socket carries the session.</summary>
    public bool Holds(in SocketEntry entry)
        => !_held.HoldersOf(entry.Inode).IsEmpty
            || (_ssh is { } ssh && ((entry.Local, entry.Remote) == (ssh.Server, ssh.Client) || (entry.Local, entry.Remote) == (ssh.Client, ssh.Server)));

    /// <summary>"192.0.2.7 51000 192.0.2.1 22": client and server (ssh(1)). Null when there is none, or it is something else.</summary>
    internal static (Endpoint Client, Endpoint Server)? ParseSsh(string? text)
        => text?.Split(' ') is [var client, var clientPort, var server, var serverPort]
            && EndpointOf(client, clientPort) is { } from && EndpointOf(server, serverPort) is { } to ? (from, to) : null;

    private static Endpoint? EndpointOf(string address, string port)
        => IPAddress.TryParse(address.Split('%')[0], out IPAddress? parsed) && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? new Endpoint(HostAddress.From(parsed), number)
            : null;

    /// <summary>The process and all above it; in tmux or screen also the attached clients, which are below another shell.</summary>
    private static HashSet<int> Members(ProcFs proc, int pid, Func<string, string?> environment)
    {
        HashSet<int> members = [];
        AddUpwards(pid);
        string? client = environment("TMUX") is { Length: > 0 } ? "tmux: client" : environment("STY") is { Length: > 0 } ? "screen" : null;
        foreach (int other in client is null ? [] : proc.Processes())
        {
            if (proc.CommandOf(other) == client)
            {
                AddUpwards(other);
            }
        }

        return members;

        void AddUpwards(int from)
        {
            for (int next = from, steps = 0; next > 0 && steps < MostAncestors && members.Add(next); next = proc.ParentOf(next))
            {
                steps++;
            }
        }
    }
}
