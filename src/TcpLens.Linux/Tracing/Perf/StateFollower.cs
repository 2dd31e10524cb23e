using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Adds to a change of state what earlier changes of the same socket told. Which task did it is known from the pair of states alone: some
/// changes only a system call makes, and then it is the task that ran; all others come from the network or a timer, whoever ran.
/// </summary>
internal sealed class StateFollower(RememberedSockets sockets, TaskNames tasks)
{
    /// <summary>
    /// Completes a change. False for LISTEN→SYN_RECV, which is told with what comes after it.
    /// </summary>
    /// <param name="change">With its time, socket, ends, both states and errno.</param>
    /// <param name="pid">The process whose task ran; 0 when it has no number here.</param>
    /// <param name="past">All that is remembered of the socket after this.</param>
    public bool Follow(ref TraceRecord change, int pid, out RememberedSocket past)
    {
        ref RememberedSocket socket = ref sockets.FindOrAdd(change.Socket);
        bool isBirth = (change.From, change.To) is (TcpState.Closed, TcpState.SynSent) or (TcpState.Listen, TcpState.SynReceived);
        if (isBirth || socket.State != change.From)
        {
            socket = default;   // Another socket at the same place, or some of its changes were lost.
        }

        change.SinceNanoseconds = socket.SinceNanoseconds;
        change.Marks |= socket.IsNewborn ? TraceMarks.Born : TraceMarks.None;
        TellOwner(ref change, ref socket, pid);
        Remember(ref socket, in change, isBirth);
        past = socket;
        if (change.To is TcpState.Closed or TcpState.TimeWait)
        {
            sockets.Forget(change.Socket);
        }

        return !socket.IsNewborn;
    }

    /// <summary>Linux: changes that happen in connect(), listen(), close() and shutdown() and nowhere else (net/ipv4/tcp.c, af_inet.c).</summary>
    internal static bool IsBySystemCall(TcpState from, TcpState to) => (from, to) is
        (TcpState.Closed, TcpState.SynSent) or (TcpState.Closed, TcpState.Listen) or (TcpState.Listen, TcpState.Closed)
        or (TcpState.SynReceived, TcpState.FinWait1) or (TcpState.Established, TcpState.FinWait1) or (TcpState.CloseWait, TcpState.LastAck);

    private void TellOwner(ref TraceRecord change, ref RememberedSocket socket, int pid)
    {
        if (pid > 0 && IsBySystemCall(change.From, change.To))
        {
            ref readonly KnownTask task = ref tasks[pid];
            change.Marks |= task.IsKernel ? TraceMarks.ByKernel : TraceMarks.ByProcess;
            if (!task.IsKernel)
            {
                (socket.Pid, socket.Command) = (pid, task.Name);
            }
        }

        (change.Pid, change.Command) = (socket.Pid, socket.Command);
    }

    private static void Remember(ref RememberedSocket socket, in TraceRecord change, bool isBirth)
    {
        bool isFirst = socket.Path.Bits == 0 && change.From is not (TcpState.Closed or TcpState.Listen);
        socket.Path = isFirst ? socket.Path.Then(change.From) : socket.Path;
        socket.Path = change.To == TcpState.Closed ? socket.Path : socket.Path.Then(change.To);   // That it ended in CLOSE says little.
        socket.BornNanoseconds = isBirth ? change.AtNanoseconds : socket.BornNanoseconds;
        socket.EstablishedNanoseconds = change.To == TcpState.Established ? change.AtNanoseconds : socket.EstablishedNanoseconds;
        socket.IsNewborn = isBirth && change.From == TcpState.Listen;
        (socket.State, socket.SinceNanoseconds, socket.Family) = (change.To, change.AtNanoseconds, change.Family);
        (socket.LocalAddress, socket.LocalPort) = (change.LocalAddress, change.LocalPort);
        (socket.RemoteAddress, socket.RemotePort) = (change.RemoteAddress, change.RemotePort);
    }
}
