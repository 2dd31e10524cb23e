using static TcpLens.Linux.BpfRegister;

namespace TcpLens.Linux;

/// <summary>
/// On skb:kfree_skb(skb, location, reason, rx_sk): the FIN that moves an orphan's FIN_WAIT_2 to TIME_WAIT is thrown away like every
/// segment that comes for a mini-socket, and from Linux 6.11 the kernel says for which socket it had come. Its timer says nothing when
/// both states last equally long, which they do by default.
/// </summary>
internal sealed class MiniSocketFinProgram(TracePlan plan) : MiniSocketProgram(plan)
{
    public const string Tracepoint = "kfree_skb";
    public const int Arguments = 4;

    protected override void Write()
    {
        BpfLabel isMoving = Code.NewLabel();
        LoadArgument(R7, 3);
        Code.JumpIfEqual(R7, 0, Done);
        Code.Load(R1, R7, Types["sock.__sk_common.skc_state"]);
        Code.JumpIfNotEqual(R1, StateTimeWait, Done);
        Code.Move(R1, R7);
        Code.Call(BpfHelper.ToTcpTimeWaitSock);
        Code.JumpIfEqual(R0, 0, Done);
        Code.Load(R1, R0, Types["tcp_timewait_sock.tw_sk.tw_substate"]);
        Code.JumpIfNotEqual(R1, StateTimeWait, Done);
        Code.Load(R9, R0, Types["tcp_timewait_sock.tw_sk.tw_timer.function"]);
        Recall();
        Code.JumpIfEqual(R8, 0, Done);
        Code.Load(R1, R8, TracedSocket.State, 4);
        Code.JumpIfEqual(R1, StateFinWait2, isMoving);
        if (IsCounting)
        {
            // A reset has ended it: its timer was taken away for good (timer_shutdown_sync).
            Code.JumpIfNotEqual(R9, 0, Done);
            Code.JumpIfNotEqual(R1, StateTimeWait, Done);
            TakeTime();
            Code.Move(R1, StateTimeWait);
            CountEnd(CountSlot.Segments);
        }

        Code.Jump(Done);
        Code.Mark(isMoving);
        CopyMiniSocket();
        TakeTime();
        EnterTimeWait();
    }
}
