using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>One number of tcp_info that only grows.</summary>
internal delegate ulong GrowingNumber(in TcpVitals vitals);

/// <summary>What a number grew by between the samples, by remote address: to whom segments were sent again, who reported duplicates.</summary>
internal static class Growth
{
    /// <summary>Empty when the first sample has no tcp_info. Connections that ended meanwhile are not in it.</summary>
    public static Tally<HostAddress> ByRemote(CaseFile facts, GrowingNumber number)
    {
        Tally<HostAddress> remotes = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (number(in socket.VitalsInPlace) is > 0 and var now)
            {
                bool wasThere = facts.TryEarlier(in socket, out SocketRecord earlier);
                ulong then = wasThere ? (earlier.Vitals is { } before ? number(in before) : now) : 0;
                if (now > then)
                {
                    remotes.Add(socket.Entry.Remote.Address, (long)(now - then));
                }
            }
        }

        return remotes;
    }

    /// <summary>The remote addresses with most of it: "10.0.0.7", "212 of 240".</summary>
    public static IEnumerable<Culprit> Culprits(this Tally<HostAddress> remotes)
        => remotes.Culprits(CulpritKind.Remote, static address => address.ToString());
}
