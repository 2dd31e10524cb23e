using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>One number of tcp_info that only grows.</summary>
internal delegate ulong Growing(in TcpVitals vitals);

/// <summary>Counts by the address of the peer, to name those with most. Bounded: addresses beyond the limit count in the total only.</summary>
internal sealed class RemoteTally
{
    public const int AddressesMax = 16384;

    private const int NamedMax = 5;

    private readonly Dictionary<HostAddress, long> _counts = [];

    public int Addresses => _counts.Count;

    public long Total { get; private set; }

    public void Add(HostAddress remote, long count = 1)
    {
        Total += count;
        if (_counts.Count < AddressesMax || _counts.ContainsKey(remote))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, remote, out _) += count;
        }
    }

    /// <summary>What a number of each connection grew by between the samples; empty when the first sample has no tcp_info.</summary>
    public static RemoteTally OfGrowth(CaseFile facts, Growing number)
    {
        RemoteTally tally = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Vitals is { } vitals && number(in vitals) is > 0 and var now)
            {
                bool wasThere = facts.TryEarlier(in socket, out SocketRecord earlier);
                ulong then = wasThere ? (earlier.Vitals is { } before ? number(in before) : now) : 0;
                if (now > then)
                {
                    tally.Add(socket.Entry.Remote.Address, (long)(now - then));
                }
            }
        }

        return tally;
    }

    /// <summary>The largest as culprits: "10.0.0.7", "12 of 40 connections".</summary>
    public IEnumerable<Culprit> Largest(string noun = "connection")
        => _counts.OrderByDescending(static pair => pair.Value).Take(NamedMax)
            .Select(pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} of {Words.Of(Total, noun)}"));
}
