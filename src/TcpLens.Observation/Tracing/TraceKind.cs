namespace TcpLens.Observation;

/// <summary>What a <see cref="TraceRecord"/> tells. The numbers stand in trace files: they never change, new ones are added.</summary>
public enum TraceKind : byte
{
    None = 0,

    /// <summary>A socket went from one state to another.</summary>
    StateChange = 1,

    /// <summary>
    /// The timer of a TIME_WAIT (or of an orphan's FIN_WAIT_2) was taken away: it ended before its time, unless
    /// <see cref="TimeWaitRestarted"/> of the same socket follows at once.
    /// </summary>
    TimeWaitCancelled = 2,

    /// <summary>
    /// The timer of a TIME_WAIT began anew: a segment had come for it. The first seconds this is not told, since the kernel leaves a timer
    /// in its place that would move by less than it can tell apart (kernel/time/timer.c: 2 to 4 s of 60 s).
    /// </summary>
    TimeWaitRestarted = 3,

    /// <summary>A connection ended; a <see cref="LifeTail"/> follows the record.</summary>
    LifeEnded = 4,

    /// <summary>A process took a connection from the accept queue.</summary>
    Accepted = 5,

    Retransmitted = 6,

    /// <summary>A listener sent a SYN-ACK again.</summary>
    SynAckRetransmitted = 7,

    ResetSent = 8,

    ResetReceived = 9,

    /// <summary>The kernel threw a TCP segment away, arriving or leaving.</summary>
    SegmentDropped = 10,

    /// <summary>An error was left for the application to find (sk_err).</summary>
    ErrorReported = 11,

    /// <summary>The sender began to repair a loss, or to slow down: <see cref="TraceRecord.Reason"/> is the congestion state it went to.</summary>
    LossDetected = 12,

    BadChecksum = 13,

    /// <summary>Not an event: which process held a socket, by inode, when tracing began. Stands in trace files only.</summary>
    Owner = 32,

    /// <summary>
    /// Not an event: the last record of a trace file that was ended and not cut off. Its time is when that was, <see cref="TraceRecord.Cookie"/>
    /// how many records stand before it, <see cref="TraceRecord.Socket"/> how many were lost.
    /// </summary>
    Ended = 33,
}

/// <summary>What was true of the socket at the instant of the record.</summary>
[Flags]
public enum TraceMarks : ushort
{
    None = 0,

    /// <summary>
    /// The task that ran was at work on this very socket (it had locked it), so <see cref="TraceRecord.Pid"/> is who did it. Without
    /// it the event came from the network or a timer, and the pid is the one remembered from earlier.
    /// </summary>
    ByProcess = 1,

    /// <summary>The task at work was a thread of the kernel itself.</summary>
    ByKernel = 2,

    /// <summary>The socket is new: the change from LISTEN to <see cref="TraceRecord.From"/> came at <see cref="TraceRecord.SinceNanoseconds"/>.</summary>
    Born = 4,

    /// <summary>SO_LINGER with no time: close() resets.</summary>
    LingersNot = 8,

    /// <summary>No process holds the socket any more (SOCK_DEAD).</summary>
    Orphan = 16,

    /// <summary>Nothing was unacknowledged or waiting to be sent.</summary>
    NothingInFlight = 32,

    /// <summary>The peer's receive window was closed.</summary>
    PeerWindowClosed = 64,

    /// <summary>The socket is a time-wait mini-socket: TIME_WAIT, or an orphan's FIN_WAIT_2.</summary>
    MiniSocket = 128,

    /// <summary>Another process destroyed the socket (SOCK_DESTROY, as `ss -K` and `tcplens kill` do); pid and command are the destroyer's.</summary>
    Destroyed = 256,

    /// <summary>What is left of the connection goes on as a mini-socket; only <see cref="TraceKind.LifeEnded"/> says this.</summary>
    BecameMiniSocket = 512,

    /// <summary>
    /// Nobody saw the beginning: <see cref="TraceRecord.SinceNanoseconds"/> is when the socket was first looked at, so that a time
    /// counted from it is "at least".
    /// </summary>
    SinceFirstSight = 1024,
}

/// <summary>States of a sender's loss recovery (linux/tcp.h, enum tcp_ca_state).</summary>
public enum CongestionPhase : byte
{
    Open = 0,
    Disorder = 1,
    ReducedWindow = 2,
    Recovery = 3,
    Loss = 4,
}
