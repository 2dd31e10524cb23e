using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A program about a socket of any kind, or about a packet: everything is copied before it is read.</summary>
internal abstract class RawEventProgram(TracePlan plan) : RecordProgram(plan)
{
    protected const int StateNewSynReceived = 12;   // TCP_NEW_SYN_RECV: a request sock.

    private const int EthernetV4 = 0x0008;          // ETH_P_IP, as a little-endian machine reads it.
    private const int EthernetV6 = 0xdd86;          // ETH_P_IPV6
    private const int FragmentOffset = 0xff1f;      // IP_OFFSET
    private const int HeaderV6 = 40;
    private const int HeaderTcp = 20;
    private const int TcpAt = Common + 48;          // The TCP header's place, behind that of the IP header.

    /// <summary>The namespace of the socket copied; ends when nobody asked for it.</summary>
    protected void PutCopiedNamespace()
    {
        LoadCommon(R3, "skc_net", isCopied: true);
        PutNamespaceAt();
    }

    /// <summary>R3 is a struct net.</summary>
    protected void PutNamespaceAt()
    {
        PointAt(R1, Record + RecordPlace.Namespace);
        Code.Move(R2, 4);
        Code.Add(R3, Types["net.ns.inum"].Offset);
        Code.Call(BpfHelper.ProbeReadKernel);
        Code.Load(R1, R10, Record + RecordPlace.Namespace, 4);
        CheckNamespaceIn(R1);
    }

    /// <summary>The local port of the copied socket at R7: three kinds keep it in three places.</summary>
    protected void PutCopiedLocalPort()
    {
        BpfLabel isTimeWait = Code.NewLabel(), isRequest = Code.NewLabel(), swap = Code.NewLabel(), done = Code.NewLabel();
        LoadCommon(R1, "skc_state", isCopied: true);
        Code.JumpIfEqual(R1, StateTimeWait, isTimeWait);
        Code.JumpIfEqual(R1, StateNewSynReceived, isRequest);
        Copy(Scratch, 2, R7, Types["inet_sock.inet_sport"].Offset);
        Code.Jump(swap);
        Code.Mark(isTimeWait);
        Copy(Scratch, 2, R7, Types["inet_timewait_sock.tw_sport"].Offset);
        Code.Mark(swap);
        Code.Load(R1, R10, Scratch, 2);
        Code.SwapNetworkOrder(R1, 16);
        Put(RecordPlace.LocalPort, 2, R1);
        Code.Jump(done);
        Code.Mark(isRequest);
        LoadCommon(R1, "skc_num", isCopied: true);
        Put(RecordPlace.LocalPort, 2, R1);
        Code.Mark(done);
    }

    /// <summary>The state of the copied socket, a request sock being in SYN_RECEIVED.</summary>
    protected void PutCopiedState()
    {
        BpfLabel isOther = Code.NewLabel();
        LoadCommon(R1, "skc_state", isCopied: true);
        Code.JumpIfNotEqual(R1, StateNewSynReceived, isOther);
        Code.Move(R1, (int)TcpState.SynReceived);
        Code.Mark(isOther);
        Put(RecordPlace.From, 1, R1);
    }

    /// <summary>Addresses, ports, sequence number and flags of the packet R9; goes there for what is no TCP segment, or the rest of one.</summary>
    /// <param name="isArriving">Whether its destination is this end, or its source.</param>
    /// <param name="isOther">Where to go for any other packet.</param>
    protected void PutPacket(bool isArriving, BpfLabel isOther)
    {
        BpfLabel isV6 = Code.NewLabel(), tcp = Code.NewLabel();
        int source = isArriving ? RecordPlace.RemoteAddress : RecordPlace.LocalAddress;
        int destination = isArriving ? RecordPlace.LocalAddress : RecordPlace.RemoteAddress;
        Code.Load(R3, R9, Types["sk_buff.head"]);
        Code.Load(R1, R9, Types["sk_buff.network_header"]);
        Code.Add(R3, R1);
        Code.Store(R10, Scratch, 8, R3);
        Copy(Common, HeaderV6, R3, 0);
        Code.Load(R1, R9, Types["sk_buff.protocol"]);
        Code.JumpIfEqual(R1, EthernetV6, isV6);
        Code.JumpIfNotEqual(R1, EthernetV4, isOther);

        Put(RecordPlace.Family, 1, (int)IpFamily.V4);
        Code.Load(R1, R10, Common + 9, 1);
        Code.JumpIfNotEqual(R1, ProtocolTcp, isOther);
        Code.Load(R1, R10, Common + 6, 2);
        Code.JumpIfAny(R1, FragmentOffset, isOther);
        Code.Load(R1, R10, Common + 12, 4);
        PutV4(source, R1);
        Code.Load(R1, R10, Common + 16, 4);
        PutV4(destination, R1);
        Code.Load(R1, R10, Common + 2, 2);
        Code.SwapNetworkOrder(R1, 16);
        Code.Load(R2, R10, Common, 1);
        Code.And(R2, 0xf);
        Code.ShiftLeft(R2, 2);
        Code.Subtract(R1, R2);
        Code.Jump(tcp);

        Code.Mark(isV6);
        Put(RecordPlace.Family, 1, (int)IpFamily.V6);
        Code.Load(R1, R10, Common + 6, 1);
        Code.JumpIfNotEqual(R1, ProtocolTcp, isOther);
        for (int offset = 0; offset < 16; offset += 8)
        {
            Code.Load(R1, R10, Common + 8 + offset, 8);
            Put(source + offset, 8, R1);
            Code.Load(R1, R10, Common + 24 + offset, 8);
            Put(destination + offset, 8, R1);
        }

        Code.Load(R1, R10, Common + 4, 2);
        Code.SwapNetworkOrder(R1, 16);
        Code.Move(R2, HeaderV6);

        // R1 is the length of the segment with its header, R2 that of the IP header.
        Code.Mark(tcp);
        Put(RecordPlace.SegmentLength, 4, R1);
        Code.Load(R3, R10, Scratch, 8);
        Code.Add(R3, R2);
        Copy(TcpAt, HeaderTcp, R3, 0);
        PutTcp(isArriving);
    }

    private void PutTcp(bool isArriving)
    {
        Code.Load(R1, R10, TcpAt, 2);
        Code.SwapNetworkOrder(R1, 16);
        Put(isArriving ? RecordPlace.RemotePort : RecordPlace.LocalPort, 2, R1);
        Code.Load(R1, R10, TcpAt + 2, 2);
        Code.SwapNetworkOrder(R1, 16);
        Put(isArriving ? RecordPlace.LocalPort : RecordPlace.RemotePort, 2, R1);
        Code.Load(R1, R10, TcpAt + 4, 4);
        Code.SwapNetworkOrder(R1, 32);
        Put(RecordPlace.Sequence, 4, R1);
        Code.Load(R2, R10, TcpAt + 13, 1);
        Put(RecordPlace.SegmentFlags, 1, R2);

        // Length in sequence space: without the header, and with SYN and FIN (RFC 9293, SEG.LEN).
        BpfLabel notNegative = Code.NewLabel();
        Code.Load(R1, R10, Record + RecordPlace.SegmentLength, 4);
        Code.Load(R3, R10, TcpAt + 12, 1);
        Code.ShiftRight(R3, 4);
        Code.ShiftLeft(R3, 2);
        Code.Subtract(R1, R3);
        Code.Move(R3, R2);
        Code.And(R3, (int)ControlBits.Fin);
        Code.Add(R1, R3);
        Code.And(R2, (int)ControlBits.Syn);
        Code.ShiftRight(R2, 1);
        Code.Add(R1, R2);
        Code.JumpIfLess(R1, 1 << 17, notNegative);
        Code.Move(R1, 0);
        Code.Mark(notNegative);
        Put(RecordPlace.SegmentLength, 4, R1);
    }
}
