using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program that sees sockets change their state, and either tells each change or counts it.</summary>
internal abstract class TransitionProgram(TracePlan plan) : RecordProgram(plan)
{
    /// <summary>Connections that may have come into the same bucket since, on other processors.</summary>
    private const int MostNewcomers = 4;

    protected const int StateFinWait2 = (int)TcpState.FinWait2;

    /// <summary>Where the buckets stand among the counts, in octets.</summary>
    private const int TimesAt = sizeof(ulong) * TransitionCounts.States * TransitionCounts.States;

    /// <summary>Where the nanoseconds spent in each state stand among the counts, in octets.</summary>
    private const int TotalsAt = sizeof(ulong) * TransitionCounts.States * (TransitionCounts.States + TransitionCounts.Buckets);

    protected bool IsCounting => Plan.Counts is not null;

    /// <summary>
    /// Goes on when the kernel has just made a mini-socket of the socket R7 (net/ipv4/tcp_minisocks.c, tcp_time_wait), which it puts in
    /// front of the others in the same bucket of the table of connections (inet_twsk_hashdance). Its address then stands at
    /// <see cref="Key"/>, and its state as the record's new one.
    /// </summary>
    protected void FindMiniSocket(BpfLabel none)
    {
        BpfLabel found = Code.NewLabel();
        const int ancestors = (1 << (int)TcpState.FinWait1) | (1 << (int)TcpState.FinWait2) | (1 << (int)TcpState.Closing);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.Move(R2, ancestors);
        Code.ShiftRight(R2, R1);
        Code.And(R2, 1);
        Code.JumpIfEqual(R2, 0, none);
        BtfMember node = Types.Common("skc_nulls_node");
        Code.Load(R1, R7, Types["sock_common.skc_net.net"]);
        Code.Load(R3, R1, Types["net.ipv4.tcp_death_row.hashinfo"]);
        Code.Load(R1, R3, Types["inet_hashinfo.ehash_mask"]);
        Code.Store(R10, Scratch, 8, R1);
        Copy(Scratch + 8, 8, R3, Types["inet_hashinfo.ehash"].Offset);
        Code.Load(R1, R7, Types.Common("skc_hash"));
        Code.Load(R2, R10, Scratch, 8);
        Code.And(R1, R2);
        Code.ShiftLeft(R1, 3);   // struct inet_ehash_bucket is the head of a list.
        Code.Load(R3, R10, Scratch + 8, 8);
        Code.Add(R3, R1);
        Copy(Scratch, 8, R3, 0);
        Code.Load(R3, R10, Scratch, 8);
        for (int i = 0; i < MostNewcomers; i++)
        {
            BpfLabel isOther = Code.NewLabel();
            Code.JumpIfAny(R3, 1, none);   // The list's end (linux/list_nulls.h).
            Code.Add(R3, -node.Offset);
            Code.Store(R10, Key, 8, R3);
            CopyCommon(R3);
            LoadCommon(R1, "skc_state", isCopied: true);
            Code.JumpIfNotEqual(R1, StateTimeWait, isOther);
            foreach (string name in (ReadOnlySpan<string>)["skc_addrpair", "skc_dport", "skc_hash", "skc_net"])
            {
                LoadCommon(R1, name, isCopied: true);
                LoadCommon(R2, name, isCopied: false);
                Code.JumpIfNotEqual(R1, R2, isOther);
            }

            Code.Jump(found);
            Code.Mark(isOther);
            Code.Load(R3, R10, Common + node.Offset, 8);
        }

        Code.Jump(none);
        Code.Mark(found);
        Code.Load(R3, R10, Key, 8);
        Copy(Scratch, 1, R3, Types["inet_timewait_sock.tw_substate"].Offset);
        Code.Load(R1, R10, Scratch, 1);
        Put(RecordPlace.To, 1, R1);
    }

    /// <summary>
    /// Counts the change that stands in the record: from, to, since, at R9. Each program has numbers of its own, and the kernel runs no
    /// program twice at once on one processor, so that nothing needs to be locked.
    /// </summary>
    /// <param name="slot">The program's numbers.</param>
    protected void Count(CountSlot slot)
    {
        BpfLabel untimed = Code.NewLabel(), notNegative = Code.NewLabel();
        TakeOwn(Plan.Counts!, (int)slot);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.And(R1, TransitionCounts.States - 1);
        Code.Move(R2, R1);
        Code.ShiftLeft(R2, 4);
        Code.Load(R3, R10, Record + RecordPlace.To, 1);
        Code.And(R3, TransitionCounts.States - 1);
        Code.Add(R2, R3);
        Code.Move(R4, 1);
        Increase(R2, 0, R4);

        Code.Load(R4, R10, Record + RecordPlace.Since, 8);
        Code.JumpIfEqual(R4, 0, untimed);
        Code.Move(R3, R9);
        Code.Subtract(R3, R4);
        Code.JumpIfLess(R4, R9, notNegative);
        Code.Move(R3, 0);
        Code.Mark(notNegative);
        Code.Move(R4, R1);
        Increase(R4, TotalsAt, R3);
        TakeLogarithm();
        Code.ShiftLeft(R1, 6);
        Code.Add(R2, R1);
        Code.Move(R4, 1);
        Increase(R2, TimesAt, R4);
        Code.Mark(untimed);
    }

    /// <summary>The number at that place behind R0 grows; spoils the index and R5.</summary>
    private void Increase(BpfRegister index, int start, BpfRegister amount)
    {
        Code.ShiftLeft(index, 3);
        Code.Add(index, R0);
        Code.Load(R5, index, start, 8);
        Code.Add(R5, amount);
        Code.Store(index, start, 8, R5);
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

/// <summary>Programs that count.</summary>
internal enum CountSlot
{
    Sockets,
    Expiries,
    Segments,
}
