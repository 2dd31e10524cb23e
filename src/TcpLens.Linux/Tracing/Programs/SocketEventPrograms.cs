using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program on a tracepoint whose first argument is a full TCP socket, to which something happened.</summary>
internal abstract class SocketEventProgram(TracePlan plan, TraceKind kind) : RecordProgram(plan)
{
    /// <summary>struct inet_connection_sock keeps the congestion state in the octet before icsk_retransmits, its lower five bits.</summary>
    private const int PhaseBits = 0x1f;

    protected sealed override void Write()
    {
        CheckArguments();
        TakeTcpSocket(0);
        CheckNamespace();
        TakeTime();
        Recall();
        BeginRecord(kind);
        PutMember(RecordPlace.From, 1, R7, Types.Sock("__sk_common.skc_state"));
        PutSocket();
        PutOwner();
        PutPhase();
        PutEvent();
        CheckFilter(Done);
        Send();
    }

    /// <summary>Ends for what nobody wants to know.</summary>
    protected virtual void CheckArguments()
    {
    }

    /// <summary>What only this event has.</summary>
    protected virtual void PutEvent()
    {
    }

    private void PutPhase()
    {
        Code.Load(R1, R7, Types["tcp_sock.inet_conn.icsk_retransmits"].Offset - 1, 1);
        Code.And(R1, PhaseBits);
        Put(RecordPlace.Phase, 1, R1);
    }
}

/// <summary>On tcp:tcp_retransmit_skb(sk, skb, …), net/ipv4/tcp_output.c.</summary>
internal sealed class RetransmissionProgram(TracePlan plan) : SocketEventProgram(plan, TraceKind.Retransmitted)
{
    public const string Tracepoint = "tcp_retransmit_skb";

    protected override void PutEvent()
    {
        int sequence = Types["tcp_skb_cb.seq"].Offset, end = Types["tcp_skb_cb.end_seq"].Offset;
        LoadArgument(R3, 1);
        Copy(Scratch, end + 4, R3, Types["sk_buff.cb"].Offset);
        Code.Load(R1, R10, Scratch + sequence, 4);
        Put(RecordPlace.Sequence, 4, R1);
        Code.Load(R2, R10, Scratch + end, 4);
        Code.Subtract(R2, R1);
        Put(RecordPlace.SegmentLength, 4, R2);
    }
}

/// <summary>On tcp:tcp_receive_reset(sk), net/ipv4/tcp_input.c.</summary>
internal sealed class ResetReceivedProgram(TracePlan plan) : SocketEventProgram(plan, TraceKind.ResetReceived)
{
    public const string Tracepoint = "tcp_receive_reset";
}

/// <summary>On sock:inet_sk_error_report(sk): sk_err tells the application why.</summary>
internal sealed class ErrorProgram(TracePlan plan) : SocketEventProgram(plan, TraceKind.ErrorReported)
{
    public const string Tracepoint = "inet_sk_error_report";

    /// <summary>A disconnected socket reports that it has no error any more.</summary>
    protected override void PutEvent()
    {
        Code.Load(R1, R10, Record + RecordPlace.Errno, 2);
        Code.JumpIfEqual(R1, 0, Done);
    }
}

/// <summary>On tcp:tcp_cong_state_set(sk, ca_state), before it is set: only what slows the sender down.</summary>
internal sealed class LossProgram(TracePlan plan) : SocketEventProgram(plan, TraceKind.LossDetected)
{
    public const string Tracepoint = "tcp_cong_state_set";

    protected override void CheckArguments()
    {
        LoadArgument(R1, 1);
        Code.And(R1, 0xff);
        Code.JumpIfLess(R1, (int)CongestionPhase.ReducedWindow, Done);
    }

    protected override void PutEvent()
    {
        LoadArgument(R1, 1);
        Code.And(R1, 0xff);
        Put(RecordPlace.Reason, 4, R1);
    }
}

/// <summary>On tcp:tcp_retransmit_synack(sk, req): the request sock has addresses, the listener an owner.</summary>
internal sealed class SynAckRetransmissionProgram(TracePlan plan) : RawEventProgram(plan)
{
    public const string Tracepoint = "tcp_retransmit_synack";

    protected override void Write()
    {
        BpfLabel unknown = Code.NewLabel();
        TakeTime();
        LoadArgument(R7, 0);
        Recall();
        LoadArgument(R7, 1);
        BeginRecord(TraceKind.SynAckRetransmitted);
        PutRememberedOwner(unknown);
        Code.Mark(unknown);
        Put(RecordPlace.From, 1, (int)TcpState.SynReceived);
        CopyCommon(R7);
        PutCommon(isCopied: true);
        PutCopiedNamespace();
        LoadCommon(R1, "skc_num", isCopied: true);
        Put(RecordPlace.LocalPort, 2, R1);
        Code.Load(R1, R7, Types["request_sock.num_retrans"]);
        Code.Add(R1, 1);   // It is counted when it is sent.
        Put(RecordPlace.Attempt, 2, R1);
        CheckFilter(Done);
        Send();
    }
}
