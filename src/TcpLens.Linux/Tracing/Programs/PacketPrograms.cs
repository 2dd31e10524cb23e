using TcpLens.Observation;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program about a packet, in R9 (so its time is taken when the record begins), and perhaps a socket, in R7.</summary>
internal abstract class PacketProgram(TracePlan plan) : RawEventProgram(plan)
{
    private const int SocketStream = 1;   // SOCK_STREAM

    /// <summary>
    /// Begins the record with what the socket R7 tells, of whatever kind it is; when that is 0, with the one that the packet R9 is from, or
    /// was found to be for. Either of the two may be missing.
    /// </summary>
    protected void PutSocketOfPacket(TraceKind kind)
    {
        BpfLabel isGiven = Code.NewLabel(), hasNone = Code.NewLabel(), done = Code.NewLabel();
        Code.Call(BpfHelper.MonotonicTime);
        Code.Move(R8, R0);
        Clear(Record, TraceRecord.Length);
        Put(RecordPlace.At, 8, R8);
        Put(RecordPlace.Kind, 1, (int)kind);
        Code.JumpIfNotEqual(R7, 0, isGiven);
        Code.JumpIfEqual(R9, 0, done);
        TakeSocketOfPacket(hasNone);
        Code.Mark(isGiven);
        Put(RecordPlace.Socket, 8, R7);
        Recall();
        CopyCommon(R7);
        PutCommon(isCopied: true);
        PutCopiedState();
        PutCopiedNamespace();
        PutCopiedLocalPort();
        PutRememberedOwner(done);
        Code.Jump(done);

        Code.Mark(hasNone);
        PutNamespaceOfPacket();
        Code.Mark(done);
    }

    /// <summary>R7 = the packet's own socket, unless it is one of another kind: a raw one, the kernel's for resets.</summary>
    private void TakeSocketOfPacket(BpfLabel none)
    {
        BpfLabel taken = Code.NewLabel();
        Code.Load(R7, R9, Types["sk_buff.sk"]);
        Code.JumpIfEqual(R7, 0, none);
        CopyCommon(R7);
        LoadCommon(R1, "skc_state", isCopied: true);
        Code.JumpIfEqual(R1, StateTimeWait, taken);
        Code.JumpIfEqual(R1, StateNewSynReceived, taken);
        Copy(Scratch, 2, R7, Types["sock.sk_type"].Offset);
        Code.Load(R1, R10, Scratch, 2);
        Code.JumpIfNotEqual(R1, SocketStream, none);
        Code.Mark(taken);
    }

    /// <summary>By its device; or by its route, when the device has been forgotten: TCP does that on the way to the socket, and sets it late on the way out.</summary>
    private void PutNamespaceOfPacket()
    {
        const int notCounted = 1;   // SKB_DST_NOREF
        BpfLabel hasDevice = Code.NewLabel();
        Code.Load(R3, R9, Types["sk_buff.dev"]);
        Code.JumpIfNotEqual(R3, 0, hasDevice);
        Code.Load(R3, R9, Types["sk_buff._skb_refdst"]);
        Code.And(R3, ~notCounted);
        Copy(Scratch, 8, R3, Types["dst_entry.dev"].Offset);
        Code.Load(R3, R10, Scratch, 8);
        Code.Mark(hasDevice);
        Copy(Scratch, 8, R3, Types["net_device.nd_net.net"].Offset);
        Code.Load(R3, R10, Scratch, 8);
        PutNamespaceAt();
    }
}

/// <summary>On skb:kfree_skb(skb, location, reason, rx_sk): a segment is thrown away.</summary>
internal sealed class DropProgram(TracePlan plan, int arguments, TraceNames names) : PacketProgram(plan)
{
    public const string Tracepoint = "kfree_skb";

    /// <summary>Without a reason (before Linux 5.17) it cannot be told what was thrown away from what was done with.</summary>
    public const int LeastArguments = 3;

    protected override void Write()
    {
        BpfLabel isUnspecified = Code.NewLabel(), isLeaving = Code.NewLabel(), told = Code.NewLabel(), wanted = Code.NewLabel();
        LoadArgument(R9, 0);
        if (arguments > LeastArguments)
        {
            LoadArgument(R7, 3);
        }
        else
        {
            Code.Move(R7, 0);
        }

        PutSocketOfPacket(TraceKind.SegmentDropped);
        LoadArgument(R1, 2);
        Put(RecordPlace.Reason, 4, R1);

        // Whatever a socket has in its queues when it ends; and every segment for a mini-socket ends here, also those that it was waiting for.
        JumpIfReason("QUEUE_PURGE", Done);
        JumpIfReason("NOT_SPECIFIED", isUnspecified);
        Code.Jump(wanted);
        Code.Mark(isUnspecified);
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

    /// <summary>R1 is the reason; a kernel that does not know that one never gives it.</summary>
    private void JumpIfReason(string name, BpfLabel target)
    {
        for (int number = 0; number < names.DropReasons.Count; number++)
        {
            if (names.DropReasons[number] == name)
            {
                Code.JumpIfEqual(R1, number, target);
            }
        }
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
        PutSocketOfPacket(TraceKind.ResetSent);
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
        PutSocketOfPacket(TraceKind.BadChecksum);
        PutPacket(isArriving: true, Done);
        CheckFilter(Done);
        Send();
    }
}
