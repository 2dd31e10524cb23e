using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab;

/// <summary>sockstat, ss, nstat and netstat of our stack, as far as scripts look for something in them.</summary>
internal sealed class StackSources(ScriptSockets sockets)
{
    private readonly ScriptSockets _sockets = sockets;

    public IReadOnlyList<string>? Output(string program, IReadOnlyList<string> arguments) => program switch
    {
        "sockstat" => [.. States().Select(state => $"root packetdril 1 3 tcp {LocalText()} {RemoteText()} {BsdName(state)}")],
        "ss" => [.. States().Where(state => IsAsked(state, arguments)).Select(state => $"tcp {LinuxName(state)} 0 0 {LocalText()} {RemoteText()}")],
        "nstat" => [.. Enum.GetValues<TcpCounter>().Select(counter => $"{CounterName(counter)} {_sockets.Host.Counters[counter]} 0.0")],
        _ => null,
    };

    /// <summary>Of each socket that a program holds, of half-open connections, and of those in TIME-WAIT that nobody holds.</summary>
    private IEnumerable<TcpState> States()
    {
        int held = 0;
        foreach (ScriptSocket socket in _sockets.All)
        {
            held += socket.State == TcpState.TimeWait ? 1 : 0;
            yield return socket.State;
            for (int i = 0; i < (socket.Listener?.HalfOpen ?? 0); i++)
            {
                yield return TcpState.SynReceived;
            }
        }

        for (int i = held; i < _sockets.Host.TimeWaits; i++)
        {
            yield return TcpState.TimeWait;
        }
    }

    private static bool IsAsked(TcpState state, IReadOnlyList<string> arguments)
    {
        int index = arguments.ToList().IndexOf("state");
        return index < 0 ? state is not (TcpState.Listen or TcpState.Closed)
            : index + 1 < arguments.Count && arguments[index + 1].Equals(LinuxName(state), StringComparison.OrdinalIgnoreCase);
    }

    private string Prefix => _sockets.Addresses.IsMapped ? "::ffff:" : "";

    private string LocalText() => $"{Prefix}{_sockets.Addresses.Local}:{_sockets.Addresses.BindPort}";

    private string RemoteText() => $"{Prefix}{_sockets.Addresses.Remote}:{_sockets.Addresses.ConnectPort}";

    /// <summary>sys/netinet/tcp_fsm.h</summary>
    private static string BsdName(TcpState state) => state switch
    {
        TcpState.Listen => "LISTEN",
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived => "SYN_RCVD",
        TcpState.Established => "ESTABLISHED",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.FinWait1 => "FIN_WAIT_1",
        TcpState.FinWait2 => "FIN_WAIT_2",
        TcpState.Closing => "CLOSING",
        TcpState.LastAck => "LAST_ACK",
        TcpState.TimeWait => "TIME_WAIT",
        _ => "CLOSED",
    };

    /// <summary>As ss writes them (iproute2, misc/ss.c).</summary>
    private static string LinuxName(TcpState state) => state switch
    {
        TcpState.SynReceived => "SYN-RECV",
        TcpState.Established => "ESTAB",
        TcpState.FinWait1 => "FIN-WAIT-1",
        TcpState.FinWait2 => "FIN-WAIT-2",
        TcpState.Closed => "UNCONN",
        _ => BsdName(state).Replace('_', '-'),
    };

    private static string CounterName(TcpCounter counter) => counter <= TcpCounter.InCsumErrors ? $"Tcp{counter}" : $"TcpExt{counter}";
}
