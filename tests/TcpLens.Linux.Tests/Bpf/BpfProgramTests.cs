using static TcpLens.Linux.BpfRegister;

namespace TcpLens.Linux.Tests;

public sealed class BpfProgramTests
{
    /// <summary>RFC 9669 §3: opcode, registers (source in the high half), offset, immediate, as one little-endian number.</summary>
    public static TheoryData<string, ulong> Encodings => new()
    {
        { "r1 = *(u8 *)(r2 + 18)", 0x00000000_0012_21_71 },
        { "r1 = *(u16 *)(r2 + 16)", 0x00000000_0010_21_69 },
        { "r1 = *(u32 *)(r2 + 4)", 0x00000000_0004_21_61 },
        { "r1 = *(u64 *)(r2 + 8)", 0x00000000_0008_21_79 },
        { "*(u32 *)(r10 - 4) = r2", 0x00000000_fffc_2a_63 },
        { "r6 = r1", 0x00000000_0000_16_bf },
        { "r3 = 16", 0x00000010_0000_03_b7 },
        { "r2 += -16", 0xfffffff0_0000_02_07 },
        { "r3 += r2", 0x00000000_0000_23_0f },
        { "r2 &= 31", 0x0000001f_0000_02_57 },
        { "r2 <<= 4", 0x00000004_0000_02_67 },
        { "r1 >>= r8", 0x00000000_0000_81_7f },
        { "call 127", 0x0000007f_0000_00_85 },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Instructions_are_encoded_as_RFC_9669_says(string text, ulong expected)
    {
        BpfProgramBuilder program = new();
        switch (text)
        {
            case "r1 = *(u8 *)(r2 + 18)": program.Load(R1, R2, new BtfMember(18, 1)); break;
            case "r1 = *(u16 *)(r2 + 16)": program.Load(R1, R2, new BtfMember(16, 2)); break;
            case "r1 = *(u32 *)(r2 + 4)": program.Load(R1, R2, new BtfMember(4, 4)); break;
            case "r1 = *(u64 *)(r2 + 8)": program.Load(R1, R2, new BtfMember(8, 8)); break;
            case "*(u32 *)(r10 - 4) = r2": program.Store(R10, -4, 4, R2); break;
            case "r6 = r1": program.Move(R6, R1); break;
            case "r3 = 16": program.Move(R3, 16); break;
            case "r2 += -16": program.Add(R2, -16); break;
            case "r3 += r2": program.Add(R3, R2); break;
            case "r2 &= 31": program.And(R2, 31); break;
            case "r2 <<= 4": program.ShiftLeft(R2, 4); break;
            case "r1 >>= r8": program.ShiftRight(R1, R8); break;
            case "call 127": program.Call(BpfHelper.SequenceWrite); break;
        }

        Assert.Equal([expected], program.Build());
    }

    [Fact]
    public void Jumps_count_the_instructions_they_pass_over()
    {
        BpfProgramBuilder program = new();
        BpfLabel far = program.NewLabel(), near = program.NewLabel();
        program.JumpIfEqual(R1, 0, far);
        program.JumpIfNotEqual(R1, 7, near);
        program.JumpIfNotEqual(R1, 0xf0000098u, far);
        program.Mark(near);
        program.Move(R2, R1);
        program.Mark(far);
        program.Exit();
        ulong[] expected =
        [
            0x00000000_0003_01_15,
            0x00000007_0001_01_55,
            0xf0000098_0001_01_56,
            0x00000000_0000_12_bf,
            0x00000000_0000_00_b7,
            0x00000000_0000_00_95,
        ];
        Assert.Equal(expected, program.Build());
    }

    [Fact]
    public void A_member_that_no_instruction_can_move_is_our_own_mistake()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new BpfProgramBuilder().Load(R1, R2, new BtfMember(0, 3)));

    [RootFact]
    public void A_program_the_verifier_refuses_comes_back_with_its_words()
    {
        BpfProgramBuilder program = new();
        program.Move(R1, R5);
        program.Exit();
        uint target = BtfFile.TryRead()!.Function("bpf_iter_tcp")!.Value;
        SystemCallException refused = Assert.Throws<SystemCallException>(() => BpfProgram.OpenIterator(program.Build(), target, "tcp"));
        Assert.Contains("could not load the BPF program for tcp", refused.Message);
        Assert.Contains("the verifier said: R5 !read_ok", refused.Message);
    }

    [Theory]
    [InlineData("", "this kernel may be too old for it (5.11 is needed)")]
    [InlineData("0: (bf) r1 = r5\nR5 !read_ok\nprocessed 1 insns (limit 1000000)\n", "the verifier said: R5 !read_ok")]
    [InlineData("unknown func 162\n\nverification time 12 usec\n", "the verifier said: unknown func 162")]
    public void The_last_words_of_a_verifier_log_are_what_it_disliked(string log, string expected)
        => Assert.Equal(expected, BpfProgram.LastWords(System.Text.Encoding.UTF8.GetBytes(log + '\0')));

    [RootFact]
    public void Privileged_on_a_kernel_with_types_nothing_is_in_the_way() => Assert.Null(BpfSupport.WhyNot());

    [RootFact]
    public void A_kernel_without_types_is_named() => Assert.Contains("there is no /no/such/btf", BpfSupport.WhyNot(btfPath: "/no/such/btf"));

    [Theory]
    [InlineData("0000000000000000", "has no cap_bpf and no cap_perfmon")]
    [InlineData("0000008000000000", "has no cap_perfmon")]
    [InlineData("0000004000000000", "has no cap_bpf")]
    [InlineData("000000c000000000", null)]
    [InlineData("0000000000200000", null)]
    public void Missing_capabilities_are_named(string effective, string? expected)
    {
        string status = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(status, $"Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t{effective}\nCapBnd:\t0000000000000000\n");
        try
        {
            string? whyNot = BpfSupport.WhyNot(statusPath: status);
            if (expected is null)
            {
                Assert.Null(whyNot);
            }
            else
            {
                Assert.EndsWith(expected, whyNot);
            }
        }
        finally
        {
            File.Delete(status);
        }
    }
}
