using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program that sees sockets change their state, and either tells each change or counts it.</summary>
internal abstract class TransitionProgram(TracePlan plan) : TraceProgram(plan)
{
    protected const int StateFinWait2 = (int)TcpState.FinWait2;

    /// <summary>Where the nanoseconds spent in each state stand among the counts, in octets.</summary>
    protected const int TotalsAt = sizeof(ulong) * TransitionCounts.States * (TransitionCounts.States + TransitionCounts.Buckets);

    /// <summary>What a mini-socket has in common with the socket it was made of, and what no other has at the time.</summary>
    protected static readonly (int Place, string Member)[] MarksOfMiniSocket =
    [
        (ProcessorMemory.MadeAddresses, "skc_addrpair"), (ProcessorMemory.MadeRemotePort, "skc_dport"), (ProcessorMemory.MadeHash, "skc_hash"),
    ];

    protected bool IsCounting => Plan.Counts is not null;

    /// <summary>
    /// Goes on when the kernel has just made a mini-socket of the socket R7 (net/ipv4/tcp_minisocks.c, tcp_time_wait); its address then
    /// stands at <see cref="Scratch"/>, and its state as the record's new one.
    /// </summary>
    protected void FindMiniSocket(BpfLabel none)
    {
        TakeProcessorMemory();
        Code.Load(R1, R0, ProcessorMemory.Made, 8);
        Code.JumpIfEqual(R1, 0, none);
        Code.Store(R0, ProcessorMemory.Made, 8, 0);
        Code.Store(R10, Scratch, 8, R1);
        foreach ((int place, string name) in MarksOfMiniSocket)
        {
            BtfMember member = Types.Common(name);
            Code.Load(R2, R0, place, member.Size);
            Code.Load(R3, R7, member);
            Code.JumpIfNotEqual(R2, R3, none);
        }

        Code.Load(R2, R0, ProcessorMemory.MadeState, 1);
        Put(RecordPlace.To, 1, R2);
    }

    /// <summary>Counts the change that stands in the record: from, to, since, at R9. R0 ends as the counts.</summary>
    protected void Count()
    {
        BpfLabel untimed = Code.NewLabel();
        TakeOwn(Plan.Counts!);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.And(R1, TransitionCounts.States - 1);
        Code.Move(R2, R1);
        Code.ShiftLeft(R2, 4);
        Code.Load(R3, R10, Record + RecordPlace.To, 1);
        Code.And(R3, TransitionCounts.States - 1);
        Code.Add(R2, R3);
        Increment(R2, R0, amount: 1);

        Code.Load(R4, R10, Record + RecordPlace.Since, 8);
        Code.JumpIfEqual(R4, 0, untimed);
        Code.Move(R3, R9);
        Code.Subtract(R3, R4);
        Code.Move(R4, R3);
        TakeLogarithm();
        Code.ShiftLeft(R1, 6);
        Code.Add(R2, R1);
        Code.Add(R2, TransitionCounts.States * TransitionCounts.States);
        Code.ShiftRight(R1, 6);
        RememberCounted();
        Increment(R2, R0, amount: 1);
        Code.ShiftLeft(R1, 3);
        Code.Add(R1, R0);
        Code.AtomicAdd(R1, TotalsAt, R4);
        Code.Mark(untimed);
    }

    /// <summary>For a count that may have to be taken back: R2 is the place of the bucket, R4 the time.</summary>
    protected virtual void RememberCounted()
    {
    }

    /// <summary>numbers[index] += amount; uses R5, and spoils the index.</summary>
    protected void Increment(BpfRegister index, BpfRegister numbers, int amount)
    {
        Code.ShiftLeft(index, 3);
        Code.Add(index, numbers);
        Code.Move(R5, amount);
        Code.AtomicAdd(index, 0, R5);
    }

    /// <summary>Goes there when nobody wants a change from and to the states that stand in the record.</summary>
    protected void CheckStates(BpfLabel unwanted)
    {
        StateSet from = Plan.Wants(TraceTopics.StateChanges) ? Plan.Request.From : StateSet.Of(TcpState.SynSent);
        StateSet to = Plan.Wants(TraceTopics.StateChanges) ? Plan.Request.To : StateSet.All;
        CheckState(RecordPlace.From, from, unwanted);
        CheckState(RecordPlace.To, to, unwanted);
    }

    private void CheckState(int place, StateSet wanted, BpfLabel unwanted)
    {
        if (wanted == StateSet.All)
        {
            return;
        }

        Code.Load(R1, R10, Record + place, 1);
        Code.Move(R2, wanted.Bits);
        Code.ShiftRight(R2, R1);
        Code.And(R2, 1);
        Code.JumpIfEqual(R2, 0, unwanted);
    }

    /// <summary>R2 = the place of the highest bit of R3, which is spoilt; 0 for 0. Uses R5.</summary>
    private void TakeLogarithm()
    {
        Code.Move(R2, 0);
        for (int width = 32; width > 0; width /= 2)
        {
            BpfLabel isSmall = Code.NewLabel();
            Code.Move(R5, R3);
            Code.ShiftRight(R5, width);
            Code.JumpIfEqual(R5, 0, isSmall);
            Code.Move(R3, R5);
            Code.Add(R2, width);
            Code.Mark(isSmall);
        }

        Code.And(R2, TransitionCounts.Buckets - 1);
    }
}
