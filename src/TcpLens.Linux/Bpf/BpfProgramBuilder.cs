namespace TcpLens.Linux;

/// <summary>The registers of the BPF machine: R0 returns, R1 to R5 are arguments and lost in a call, R6 to R9 last, R10 is the frame.</summary>
internal enum BpfRegister : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10,
}

/// <summary>Kernel functions a program may call, by number (linux/bpf.h, BPF_FUNC_…).</summary>
internal enum BpfHelper
{
    ProbeReadKernel = 113,
    SequenceWrite = 127,
    ToTcpSock = 137,
    ToTcpTimeWaitSock = 138,
    CurrentTask = 158,
    SocketFromFile = 162,
}

/// <summary>A place in a program that jumps go to.</summary>
internal readonly record struct BpfLabel(int Number);

/// <summary>
/// Writes BPF instructions (RFC 9669), the dozen kinds needed here. Jumps go to labels and only forwards, so that every program ends.
/// </summary>
internal sealed class BpfProgramBuilder
{
    private readonly List<ulong> _instructions = [];
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, BpfLabel Target)> _jumps = [];

    private enum Code : byte
    {
        Load = 0x61,          // BPF_LDX | BPF_MEM; the size is added
        Store = 0x63,         // BPF_STX | BPF_MEM; the size is added
        Add = 0x07,           // BPF_ALU64 | BPF_ADD | BPF_K
        And = 0x57,
        ShiftLeft = 0x67,
        MoveImmediate = 0xb7,
        AddRegister = 0x0f,
        ShiftRightBy = 0x7f,
        Move = 0xbf,
        JumpIfEqual = 0x15,
        JumpIfNotEqual = 0x55,
        JumpIfNotEqual32 = 0x56,
        Call = 0x85,
        Exit = 0x95,
    }

    public BpfLabel NewLabel()
    {
        _labels.Add(-1);
        return new BpfLabel(_labels.Count - 1);
    }

    public void Mark(BpfLabel label) => _labels[label.Number] = _instructions.Count;

    /// <summary>to = *(from + member.Offset), as wide as the member is: 1, 2, 4 or 8 octets.</summary>
    public void Load(BpfRegister to, BpfRegister from, BtfMember member) => Write(Sized(Code.Load, member.Size), to, from, member.Offset, 0);

    /// <summary>*(to + offset) = from</summary>
    public void Store(BpfRegister to, int offset, int size, BpfRegister from) => Write(Sized(Code.Store, size), to, from, offset, 0);

    public void Move(BpfRegister to, BpfRegister from) => Write((byte)Code.Move, to, from, 0, 0);

    public void Move(BpfRegister to, int value) => Write((byte)Code.MoveImmediate, to, default, 0, value);

    public void Add(BpfRegister to, int value) => Write((byte)Code.Add, to, default, 0, value);

    public void Add(BpfRegister to, BpfRegister value) => Write((byte)Code.AddRegister, to, value, 0, 0);

    public void And(BpfRegister to, int value) => Write((byte)Code.And, to, default, 0, value);

    public void ShiftLeft(BpfRegister to, int bits) => Write((byte)Code.ShiftLeft, to, default, 0, bits);

    public void ShiftRight(BpfRegister to, BpfRegister bits) => Write((byte)Code.ShiftRightBy, to, bits, 0, 0);

    public void JumpIfEqual(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfEqual, left, right, target);

    public void JumpIfNotEqual(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfNotEqual, left, right, target);

    /// <summary>Compares the lower halves, so that a number above 2^31 is compared as it stands.</summary>
    public void JumpIfNotEqual(BpfRegister left, uint right, BpfLabel target) => Jump(Code.JumpIfNotEqual32, left, (int)right, target);

    public void Call(BpfHelper helper) => Write((byte)Code.Call, default, default, 0, (int)helper);

    /// <summary>Return 0: an iterator's program that goes on to the next item.</summary>
    public void Exit()
    {
        Move(BpfRegister.R0, 0);
        Write((byte)Code.Exit, default, default, 0, 0);
    }

    public ulong[] Build()
    {
        foreach ((int instruction, BpfLabel target) in _jumps)
        {
            int distance = _labels[target.Number] - instruction - 1;
            _instructions[instruction] |= (ulong)(ushort)checked((short)distance) << 16;
        }

        return [.. _instructions];
    }

    private static byte Sized(Code code, int size) => (byte)((byte)code | size switch
    {
        1 => 0x10,
        2 => 0x08,
        4 => 0x00,
        8 => 0x18,
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "BPF moves 1, 2, 4 or 8 octets"),
    });

    private void Jump(Code code, BpfRegister left, int right, BpfLabel target)
    {
        _jumps.Add((_instructions.Count, target));
        Write((byte)code, left, default, 0, right);
    }

    private void Write(byte code, BpfRegister to, BpfRegister from, int offset, int immediate) => _instructions.Add(
        code | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)checked((short)offset) << 16) | ((ulong)(uint)immediate << 32));
}
