using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program that can tell of a whole life when a socket ends: R7 is the tcp_sock, R8 what is remembered of it.</summary>
internal abstract class LifeProgram(TracePlan plan) : TransitionProgram(plan)
{
    protected const int StateListen = (int)TcpState.Listen;

    /// <summary>The record becomes that of the whole life; listeners have none, not even those that close twice (SOCK_DESTROY).</summary>
    protected void TellLife()
    {
        BpfLabel none = Code.NewLabel(), isOld = Code.NewLabel(), known = Code.NewLabel();
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R2, StateListen, none);
        Code.JumpIfEqual(R2, StateClosed, none);
        CheckFilter(none);
        Clear(Tail, LifeTail.Length);
        Put(RecordPlace.Kind, 1, (int)TraceKind.LifeEnded);
        Put(RecordPlace.Since, 8, 0);
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R8, 0, isOld);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Code.JumpIfEqual(R1, 0, isOld);
        Code.Load(R1, R8, TracedSocket.Born, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Load(R1, R8, TracedSocket.Established, 8);
        Code.Store(R10, Tail + TailPlace.Established, 8, R1);
        Code.Load(R2, R8, TracedSocket.Path, 8);
        Code.Mark(isOld);
        Code.Load(R1, R10, Record + RecordPlace.To, 1);
        Code.JumpIfEqual(R1, StateClosed, known);
        AddMark(TraceMarks.BecameMiniSocket);
        Code.Load(R1, R10, Record + RecordPlace.To, 1);
        Code.JumpIfEqual(R1, StateFinWait2, known);
        Code.ShiftLeft(R2, 4);
        Code.Or(R2, StateTimeWait);
        Code.Mark(known);
        Code.Store(R10, Tail + TailPlace.Path, 8, R2);
        foreach ((int place, string member) in ((int, string)[])
            [
                (TailPlace.BytesRetransmitted, "bytes_retrans"),
                (TailPlace.SegmentsSent, "segs_out"), (TailPlace.SegmentsReceived, "segs_in"), (TailPlace.Retransmits, "total_retrans"), (TailPlace.MinRtt, "rtt_min.s.v"),
            ])
        {
            BtfMember found = Types["tcp_sock." + member];
            Code.Load(R1, R7, found);
            Code.Store(R10, Tail + place, found.Size, R1);
        }

        BpfLabel isMeasured = Code.NewLabel();
        Code.Load(R1, R10, Tail + TailPlace.MinRtt, 4);
        Code.JumpIfNotEqual(R1, uint.MaxValue, isMeasured);
        Code.Store(R10, Tail + TailPlace.MinRtt, 4, 0);
        Code.Mark(isMeasured);
        PutOctets();
        Send(TraceRecord.Length + LifeTail.Length);
        Code.Mark(none);
    }

    /// <summary>
    /// Octets of the streams. The kernel's bytes_acked counts our SYN and FIN, so what was sent once is counted, less what is unacknowledged;
    /// its bytes_received counts the peer's FIN, which SOCK_DONE says has come.
    /// </summary>
    private void PutOctets()
    {
        BpfLabel noFinOut = Code.NewLabel(), isMore = Code.NewLabel(), noFinIn = Code.NewLabel();
        const int finStates = (1 << (int)TcpState.FinWait1) | (1 << (int)TcpState.Closing) | (1 << (int)TcpState.LastAck);
        const int done = 1 << 1;   // SOCK_DONE of enum sock_flags, include/net/sock.h
        Code.Load(R1, R7, Types["tcp_sock.bytes_sent"]);
        Code.Load(R2, R7, Types["tcp_sock.bytes_retrans"]);
        Code.Subtract(R1, R2);
        Code.Load(R4, R7, Types["tcp_sock.snd_nxt"]);
        Code.Load(R2, R7, Types["tcp_sock.snd_una"]);
        Code.Move(R3, R4);
        Code.Subtract(R3, R2);
        Code.ShiftLeft(R3, 32);                    // Sequence numbers: modulo 2^32.
        Code.ShiftRight(R3, 32);
        Code.JumpIfEqual(R3, 0, noFinOut);
        Code.Load(R2, R7, Types["tcp_sock.write_seq"]);
        Code.JumpIfNotEqual(R2, R4, noFinOut);
        Code.Load(R4, R10, Record + RecordPlace.From, 1);
        Code.Move(R2, finStates);
        Code.ShiftRight(R2, R4);
        Code.And(R2, 1);
        Code.Subtract(R3, R2);                     // The FIN is the last to be acknowledged.
        Code.Mark(noFinOut);
        Code.JumpIfLess(R3, R1, isMore);
        Code.Move(R3, R1);                         // A SYN, which is in no count of octets.
        Code.Mark(isMore);
        Code.Subtract(R1, R3);
        Code.Store(R10, Tail + TailPlace.BytesAcknowledged, 8, R1);

        Code.Load(R1, R7, Types["tcp_sock.bytes_received"]);
        Code.JumpIfEqual(R1, 0, noFinIn);
        LoadCommon(R2, "skc_flags", isCopied: false);
        Code.And(R2, done);
        Code.JumpIfEqual(R2, 0, noFinIn);
        Code.Add(R1, -1);
        Code.Mark(noFinIn);
        Code.Store(R10, Tail + TailPlace.BytesReceived, 8, R1);
    }
}
