using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Every connection of a request with its keep-alive: the sockets are asked where we may, and their timers are read where we may not.
/// </summary>
internal sealed class KeepAliveSurvey
{
    /// <summary>
    /// States in which keep-alive can run: the handshake is over, and no FIN of ours waits for its acknowledgment. FIN-WAIT-2 without
    /// a process is no connection any more, and uses the same timer for its own end.
    /// </summary>
    public static readonly StateSet States = StateSet.Of(TcpState.Established, TcpState.CloseWait, TcpState.FinWait2);

    public List<KeepAliveRow> Rows { get; } = [];

    /// <summary>What of it is inferred and why, in words; empty when every socket was asked.</summary>
    public List<string> Inferred { get; } = [];

    public int Asked { get; private set; }

    public static KeepAliveSurvey Take(LiveMachine machine, SocketRequest request)
    {
        machine.FindAllOwners();
        var survey = new KeepAliveSurvey();
        using var reader = new KeepAliveReader();
        using SocketWalk walk = machine.Walk(request.Query);
        while (walk.Read(out SocketEntry entry))
        {
            if (entry.Kind == SocketKind.Full && !entry.IsOrphan)
            {
                KeepAliveOptions? options = machine.HoldersOf(in entry) is [var holder, ..] ? reader.Read(in entry, holder) : null;
                survey.Rows.Add(new KeepAliveRow(in entry, KeepAliveReading.Of(in entry, SilenceOf(walk.Detail?.Info), options)));
            }
        }

        survey.Account(reader);
        return survey;
    }

    public int Count(KeepAliveState state) => Rows.Count(row => row.Reading.State == state);

    private static TimeSpan? SilenceOf(TcpInfo? info)
        => info is { LastDataReceivedMilliseconds: { } data, LastAckReceivedMilliseconds: { } acknowledgment }
            ? TimeSpan.FromMilliseconds(Math.Min(data, acknowledgment))
            : null;

    private void Account(KeepAliveReader reader)
    {
        Asked = reader.Asked;
        int others = Rows.Count - reader.Asked - reader.Forbidden - reader.BeyondMost;
        Add(reader.Forbidden, "of processes that may not be traced (cap_sys_ptrace: run with sudo)");
        Add(reader.BeyondMost, $"beyond the {KeepAliveReader.Most:N0} that are asked");
        Add(others, reader.WhyNone ?? "without a process to be seen, or closed meanwhile");

        void Add(int sockets, string why)
        {
            if (sockets > 0)
            {
                Inferred.Add($"{sockets:N0} {why}");
            }
        }
    }
}
