using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The sockets that a filter means, and their owners: those to close, and those that are spared.</summary>
internal sealed class KillPlan
{
    /// <summary>A CLOSED socket is no connection, and the kernel has no way to name one.</summary>
    public static readonly StateSet States = ~StateSet.Of(TcpState.Closed);

    public List<KeptSocket> ToClose { get; } = [];

    public List<KillResult> Spared { get; } = [];

    public int Matched => ToClose.Count + Spared.Count;

    public static KillPlan Make(LiveMachine machine, SocketRequest request, KillGuard guard)
    {
        if (request.FiltersByOwner)
        {
            machine.FindAllOwners();
        }

        var plan = new KillPlan();
        using (SocketWalk walk = machine.Walk(request.Query))
        {
            while (walk.Read(out SocketEntry entry))
            {
                plan.Add(new KeptSocket(in entry, detail: null), guard.WhyNot(in entry));
            }
        }

        if (!request.FiltersByOwner)
        {
            machine.FindOwners(plan.Inodes());
        }

        return plan;
    }

    private void Add(KeptSocket socket, string? whyNot)
    {
        if (whyNot is null)
        {
            ToClose.Add(socket);
        }
        else
        {
            Spared.Add(new KillResult(socket, KillOutcome.Refused, Reason: whyNot));
        }
    }

    private uint[] Inodes()
    {
        List<uint> inodes = [];
        inodes.AddRange(ToClose.Select(static socket => socket.Entry.Inode));
        inodes.AddRange(Spared.Select(static spared => spared.Socket.Entry.Inode));
        return [.. inodes];
    }
}
