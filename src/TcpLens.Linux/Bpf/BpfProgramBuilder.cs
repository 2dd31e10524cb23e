namespace TcpLens.Linux;

/// <summary>The registers of the BPF machine: R0 returns, R1 to R5 are arguments and lost in a call, R6 to R9 last, R10 is the frame.</summary>
internal enum BpfRegister : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10,
}

/// <summary>Kernel functions a program may call, by number (linux/bpf.h, BPF_FUNC_…).</summary>
internal enum BpfHelper
{
    MapLookup = 1,
    MapUpdate = 2,
    MonotonicTime = 5,
    CurrentCommand = 16,
    SocketCookie = 46,
    ProbeReadKernel = 113,
    Jiffies = 118,
    CurrentProcessInNamespace = 120,
    SequenceWrite = 127,
    RingOutput = 130,
    ToTcpSock = 137,
    ToTcpTimeWaitSock = 138,
    CurrentTask = 158,
    SocketFromFile = 162,
}

/// <summary>A place in a program that jumps go to.</summary>
internal readonly record struct BpfLabel(int Number);

/// <summary>
/// Writes BPF instructions (RFC 9669), the kinds needed here. Jumps go to labels and only forwards, so that every program ends.
/// </summary>
internal sealed class BpfProgramBuilder
{
    private const int PseudoMap = 1;        // BPF_PSEUDO_MAP_FD
    private const int PseudoMapValue = 2;   // BPF_PSEUDO_MAP_VALUE

    private readonly List<ulong> _instructions = [];
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, BpfLabel Target)> _jumps = [];

    private enum Code : byte
    {
        Load = 0x61,          // BPF_LDX | BPF_MEM; the size is added
        Store = 0x63,         // BPF_STX | BPF_MEM; the size is added
        StoreImmediate = 0x62,
        LoadWide = 0x18,      // BPF_LD | BPF_IMM | BPF_DW: two slots
        AtomicAdd = 0xdb,     // BPF_STX | BPF_ATOMIC | BPF_DW, BPF_ADD
        ToBigEndian = 0xdc,   // BPF_ALU | BPF_END | BPF_TO_BE
        Add = 0x07,           // BPF_ALU64 | BPF_ADD | BPF_K
        Or = 0x47,
        And = 0x57,
        ShiftLeft = 0x67,
        ShiftRight = 0x77,
        MoveImmediate = 0xb7,
        AddRegister = 0x0f,
        SubtractRegister = 0x1f,
        OrRegister = 0x4f,
        AndRegister = 0x5f,
        ShiftRightBy = 0x7f,
        Move = 0xbf,
        Jump = 0x05,
        JumpIfEqual = 0x15,
        JumpIfGreater = 0x25,
        JumpIfLess = 0xa5,
        JumpIfEqualRegister = 0x1d,
        JumpIfNotEqualRegister = 0x5d,
        JumpIfLessRegister = 0xad,
        JumpIfAnyBit = 0x45,
        JumpIfNotEqual = 0x55,
        JumpIfEqual32 = 0x16,
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

    /// <summary>to = *(from + offset)</summary>
    public void Load(BpfRegister to, BpfRegister from, int offset, int size) => Write(Sized(Code.Load, size), to, from, offset, 0);

    /// <summary>to = value, whatever its size.</summary>
    public void LoadWide(BpfRegister to, ulong value) => WriteWide(to, 0, (uint)value, (uint)(value >> 32));

    /// <summary>to = the map, as helpers want it.</summary>
    public void LoadMap(BpfRegister to, BpfMap map) => WriteWide(to, PseudoMap, map.Descriptor, 0);

    /// <summary>to = where the first value of an array map stands.</summary>
    public void LoadMapValue(BpfRegister to, BpfMap map) => WriteWide(to, PseudoMapValue, map.Descriptor, 0);

    /// <summary>*(to + offset) = value</summary>
    public void Store(BpfRegister to, int offset, int size, int value) => Write(Sized(Code.StoreImmediate, size), to, default, offset, value);

    /// <summary>*(to + offset) += from, eight octets at once.</summary>
    public void AtomicAdd(BpfRegister to, int offset, BpfRegister from) => Write((byte)Code.AtomicAdd, to, from, offset, 0);

    /// <summary>*(to + offset) = from</summary>
    public void Store(BpfRegister to, int offset, int size, BpfRegister from) => Write(Sized(Code.Store, size), to, from, offset, 0);

    public void Move(BpfRegister to, BpfRegister from) => Write((byte)Code.Move, to, from, 0, 0);

    public void Move(BpfRegister to, int value) => Write((byte)Code.MoveImmediate, to, default, 0, value);

    public void Add(BpfRegister to, int value) => Write((byte)Code.Add, to, default, 0, value);

    public void Add(BpfRegister to, BpfRegister value) => Write((byte)Code.AddRegister, to, value, 0, 0);

    public void Subtract(BpfRegister to, BpfRegister value) => Write((byte)Code.SubtractRegister, to, value, 0, 0);

    public void Or(BpfRegister to, int value) => Write((byte)Code.Or, to, default, 0, value);

    public void Or(BpfRegister to, BpfRegister value) => Write((byte)Code.OrRegister, to, value, 0, 0);

    public void And(BpfRegister to, BpfRegister value) => Write((byte)Code.AndRegister, to, value, 0, 0);

    public void And(BpfRegister to, int value) => Write((byte)Code.And, to, default, 0, value);

    public void ShiftLeft(BpfRegister to, int bits) => Write((byte)Code.ShiftLeft, to, default, 0, bits);

    public void ShiftRight(BpfRegister to, BpfRegister bits) => Write((byte)Code.ShiftRightBy, to, bits, 0, 0);

    public void ShiftRight(BpfRegister to, int bits) => Write((byte)Code.ShiftRight, to, default, 0, bits);

    /// <summary>Between network order and this machine's, for the lowest 16, 32 or 64 bits.</summary>
    public void SwapNetworkOrder(BpfRegister to, int bits) => Write((byte)Code.ToBigEndian, to, default, 0, bits);

    public void Jump(BpfLabel target) => Jump(Code.Jump, default, 0, target);

    /// <summary>Without sign.</summary>
    public void JumpIfGreater(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfGreater, left, right, target);

    /// <summary>Without sign.</summary>
    public void JumpIfLess(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfLess, left, right, target);

    /// <summary>Without sign.</summary>
    public void JumpIfLess(BpfRegister left, BpfRegister right, BpfLabel target) => Jump(Code.JumpIfLessRegister, left, right, target);

    public void JumpIfEqual(BpfRegister left, BpfRegister right, BpfLabel target) => Jump(Code.JumpIfEqualRegister, left, right, target);

    public void JumpIfNotEqual(BpfRegister left, BpfRegister right, BpfLabel target) => Jump(Code.JumpIfNotEqualRegister, left, right, target);

    /// <summary>When they have a bit in common.</summary>
    public void JumpIfAny(BpfRegister left, int bits, BpfLabel target) => Jump(Code.JumpIfAnyBit, left, bits, target);

    public void JumpIfEqual(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfEqual, left, right, target);

    public void JumpIfNotEqual(BpfRegister left, int right, BpfLabel target) => Jump(Code.JumpIfNotEqual, left, right, target);

    /// <summary>Compares the lower halves.</summary>
    public void JumpIfEqual(BpfRegister left, uint right, BpfLabel target) => Jump(Code.JumpIfEqual32, left, (int)right, target);

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

    private void Jump(Code code, BpfRegister left, BpfRegister right, BpfLabel target)
    {
        _jumps.Add((_instructions.Count, target));
        Write((byte)code, left, right, 0, 0);
    }

    private void WriteWide(BpfRegister to, int kind, uint low, uint high)
    {
        Write((byte)Code.LoadWide, to, (BpfRegister)kind, 0, (int)low);
        Write(0, default, default, 0, (int)high);
    }

    private void Jump(Code code, BpfRegister left, int right, BpfLabel target)
    {
        _jumps.Add((_instructions.Count, target));
        Write((byte)code, left, default, 0, right);
    }

    private void Write(byte code, BpfRegister to, BpfRegister from, int offset, int immediate) => _instructions.Add(
        code | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)checked((short)offset) << 16) | ((ulong)(uint)immediate << 32));
}
