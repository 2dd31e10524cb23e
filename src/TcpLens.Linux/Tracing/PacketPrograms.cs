using TcpLens.Observation;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program about a packet, in R9 (so its time is taken when the record begins), and perhaps a socket, in R7.</summary>
internal abstract class PacketProgram(TracePlan plan) : RawEventProgram(plan)
{
    /// <summary>Begins the record with what the socket R7 tells, of whatever kind it is; R7 may be 0.</summary>
    protected void PutSocketOfPacket(TraceKind kind, BpfRegister packet)
    {
        BpfLabel hasNone = Code.NewLabel(), done = Code.NewLabel(), remembered = Code.NewLabel();
        Code.Call(BpfHelper.MonotonicTime);
        Code.Move(R8, R0);
        Clear(Record, TraceRecord.Length);
        Put(RecordPlace.At, 8, R8);
        Put(RecordPlace.Kind, 1, (int)kind);
        Code.JumpIfEqual(R7, 0, hasNone);
        Put(RecordPlace.Socket, 8, R7);
        Recall();
        CopyCommon(R7);
        PutCommon(isCopied: true);
        PutCopiedState();
        PutCopiedNamespace();
        PutCopiedLocalPort();
        PutRememberedOwner(remembered);
        Code.Mark(remembered);
        Code.Jump(done);

        Code.Mark(hasNone);
        if (packet != R10)
        {
            Code.JumpIfEqual(packet, 0, done);
            Code.Load(R1, packet, Types["sk_buff.dev"]);
            Code.Load(R3, R1, Types["net_device.nd_net.net"]);
            PutNamespaceAt();
        }

        Code.Mark(done);
    }
}

/// <summary>On skb:kfree_skb(skb, location, reason, rx_sk): a segment is thrown away.</summary>
internal sealed class DropProgram(TracePlan plan, int arguments, int notSpecified) : PacketProgram(plan)
{
    public const string Tracepoint = "kfree_skb";

    /// <summary>Without a reason (before Linux 5.17) it cannot be told what was thrown away from what was done with.</summary>
    public const int LeastArguments = 3;

    protected override void Write()
    {
        BpfLabel isLeaving = Code.NewLabel(), told = Code.NewLabel(), wanted = Code.NewLabel();
        LoadArgument(R9, 0);
        if (arguments > LeastArguments)
        {
            LoadArgument(R7, 3);
        }
        else
        {
            Code.Move(R7, 0);
        }

        PutSocketOfPacket(TraceKind.SegmentDropped, R9);
        LoadArgument(R1, 2);
        Put(RecordPlace.Reason, 4, R1);

        // Every segment for a mini-socket ends here, also those that it was waiting for.
        Code.JumpIfNotEqual(R1, notSpecified, wanted);
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R2, StateTimeWait, Done);
        Code.Mark(wanted);
        Code.Load(R1, R9, Types["sk_buff.skb_iif"]);
        Code.JumpIfEqual(R1, 0, isLeaving);
        PutPacket(isArriving: true, Done);
        Code.Jump(told);
        Code.Mark(isLeaving);
        PutPacket(isArriving: false, Done);
        Code.Mark(told);
        CheckFilter(Done);
        Send();
    }
}

/// <summary>On tcp:tcp_send_reset(sk, skb, reason): in answer to a segment, or to end a connection. Either may be missing.</summary>
internal sealed class ResetSentProgram(TracePlan plan, int arguments) : PacketProgram(plan)
{
    public const string Tracepoint = "tcp_send_reset";

    private const int ArgumentsWithReason = 3;

    protected override void Write()
    {
        BpfLabel noPacket = Code.NewLabel();
        LoadArgument(R7, 0);
        LoadArgument(R9, 1);
        PutSocketOfPacket(TraceKind.ResetSent, R9);
        if (arguments >= ArgumentsWithReason)
        {
            LoadArgument(R1, 2);
            Put(RecordPlace.Reason, 4, R1);
        }

        Code.JumpIfEqual(R9, 0, noPacket);
        PutPacket(isArriving: true, noPacket);
        Code.Mark(noPacket);
        CheckFilter(Done);
        Send();
    }
}

/// <summary>On tcp:tcp_bad_csum(skb): a segment that arrived damaged.</summary>
internal sealed class BadChecksumProgram(TracePlan plan) : PacketProgram(plan)
{
    public const string Tracepoint = "tcp_bad_csum";

    protected override void Write()
    {
        LoadArgument(R9, 0);
        Code.Move(R7, 0);
        PutSocketOfPacket(TraceKind.BadChecksum, R9);
        PutPacket(isArriving: true, Done);
        CheckFilter(Done);
        Send();
    }
}
