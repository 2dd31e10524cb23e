using System.Buffers.Binary;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A filter as instructions on the record: as much of it as addresses and ports decide. Our side compares the rest.</summary>
internal sealed class RecordFilter(BpfProgramBuilder code)
{
    private const int MappedPrefixLength = 96;
    private const byte FamilyV4 = 2;   // AF_INET, as in struct inet_diag_hostcond.

    /// <summary>Goes on for a record that may match, and to the label for any other.</summary>
    public void Check(Condition condition, BpfLabel unwanted)
    {
        switch (condition)
        {
            case Condition.Constant { Value: false }:
                code.Move(R1, 0);
                code.JumpIfEqual(R1, 0, unwanted);   // Always; the verifier refuses code that a plain jump passes over.
                break;
            case Condition.Joined { IsAll: true } all:
                foreach (Condition term in all.Terms)
                {
                    Check(term, unwanted);
                }

                break;
            case Condition.Joined any:
                CheckAny(any.Terms, unwanted);
                break;
            case Condition.Compare { IsNegated: true } compare:
                BpfLabel isOther = code.NewLabel();
                Compare(compare, isOther);
                code.Jump(unwanted);
                code.Mark(isOther);
                break;
            case Condition.Compare compare:
                Compare(compare, unwanted);
                break;
        }
    }

    private void CheckAny(Condition[] terms, BpfLabel unwanted)
    {
        BpfLabel matched = code.NewLabel();
        foreach (Condition term in terms)
        {
            BpfLabel next = code.NewLabel();
            Check(term, next);
            code.Jump(matched);
            code.Mark(next);
        }

        code.Jump(unwanted);
        code.Mark(matched);
    }

    private void Compare(Condition.Compare compare, BpfLabel isOther)
    {
        switch (compare.Op)
        {
            case InetDiagOp.SourceHost:
                CompareHost(RecordPlace.LocalAddress, compare.Argument, isOther);
                return;
            case InetDiagOp.DestinationHost:
                CompareHost(RecordPlace.RemoteAddress, compare.Argument, isOther);
                return;
        }

        int port = BinaryPrimitives.ReadUInt16LittleEndian(compare.Argument.AsSpan(2));
        bool isLocal = compare.Op is InetDiagOp.SourcePortEqual or InetDiagOp.SourcePortAtLeast or InetDiagOp.SourcePortAtMost;
        code.Load(R1, R10, Record + (isLocal ? RecordPlace.LocalPort : RecordPlace.RemotePort), 2);
        switch (compare.Op)
        {
            case InetDiagOp.SourcePortAtLeast or InetDiagOp.DestinationPortAtLeast:
                code.JumpIfLess(R1, port, isOther);
                break;
            case InetDiagOp.SourcePortAtMost or InetDiagOp.DestinationPortAtMost:
                code.JumpIfGreater(R1, port, isOther);
                break;
            default:
                code.JumpIfNotEqual(R1, port, isOther);
                break;
        }
    }

    /// <summary>An IPv4 prefix matches that host on a socket of either family, an IPv6 one only IPv6 sockets: as sock_diag does it.</summary>
    private void CompareHost(int place, ReadOnlySpan<byte> host, BpfLabel isOther)
    {
        bool isV4 = host[0] == FamilyV4;
        HostAddress network = HostAddress.FromNetworkOrder(host[8..]);
        WireAddress wire = WireAddress.Of(network);
        if (!isV4)
        {
            code.Load(R1, R10, Record + RecordPlace.Family, 1);
            code.JumpIfNotEqual(R1, (int)IpFamily.V6, isOther);
        }

        int bits = host[1] + (isV4 ? MappedPrefixLength : 0);
        for (int word = 0; bits > 0; word++, bits -= 32)
        {
            uint mask = bits >= 32 ? uint.MaxValue : BinaryPrimitives.ReverseEndianness(uint.MaxValue << (32 - bits));
            ulong half = word < 2 ? wire.First : wire.Second;
            code.Load(R1, R10, Record + place + (4 * word), 4);
            if (mask != uint.MaxValue)
            {
                code.And(R1, (int)mask);
            }

            code.JumpIfNotEqual(R1, (uint)(half >> (32 * (word % 2))) & mask, isOther);
        }
    }
}
