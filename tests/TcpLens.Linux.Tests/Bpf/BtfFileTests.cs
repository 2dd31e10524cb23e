using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests;

public sealed class BtfFileTests
{
    private static readonly BtfFile Kernel = BtfFile.TryRead() ?? throw new InvalidOperationException("this kernel has no BTF");

    // Structures that are wire formats or system call arguments stand still for ever; others only have to be found.
    [Theory]
    [InlineData("iphdr.saddr", 12, 4)]
    [InlineData("iphdr.daddr", 16, 4)]
    [InlineData("tcphdr.ack_seq", 8, 4)]
    [InlineData("tcphdr.window", 14, 2)]
    [InlineData("ipv6hdr.daddr", 24, 16)]
    [InlineData("ipv6hdr.daddr.in6_u", 24, 16)]
    [InlineData("nlmsghdr.nlmsg_pid", 12, 4)]
    [InlineData("sockaddr_in.sin_addr.s_addr", 4, 4)]
    [InlineData("upid.ns", 8, 8)]
    public void Members_of_the_running_kernel_stand_where_they_must(string path, int offset, int size)
        => Assert.Equal(new BtfMember(offset, size), Kernel.Member(path));

    [Theory]
    [InlineData("sock_common.skc_state", 1)]
    [InlineData("sock_common.skc_daddr", 4)]
    [InlineData("sock.__sk_common.skc_net.net", 8)]
    [InlineData("tcp_sock.inet_conn.icsk_inet.sk.sk_socket", 8)]
    [InlineData("pid.numbers.nr", 4)]
    public void Members_are_found_through_anonymous_unions_named_structures_and_arrays(string path, int size)
        => Assert.Equal(size, Kernel.Member(path)?.Size);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("sock_common")]
    [InlineData("sock_common.")]
    [InlineData("sock_common.no_such_member")]
    [InlineData("sock_common.skc_state.deeper")]
    [InlineData("no_such_structure.member")]
    [InlineData("tcphdr.syn")]
    public void What_is_not_there_or_is_a_bit_field_is_null(string path) => Assert.Null(Kernel.Member(path));

    [Fact]
    public void A_name_longer_than_any_in_a_kernel_is_null() => Assert.Null(Kernel.Member(new string('x', 500) + ".y"));

    [Fact]
    public void Functions_have_ids_of_their_own()
    {
        Assert.NotNull(Kernel.Function("bpf_iter_tcp"));
        Assert.NotNull(Kernel.Function("bpf_iter_task_file"));
        Assert.NotEqual(Kernel.Function("bpf_iter_tcp"), Kernel.Function("bpf_iter_task_file"));
        Assert.Null(Kernel.Function("sock_common"));
    }

    [Fact]
    public void Reasons_to_drop_a_segment_are_named_by_their_numbers_without_the_prefix()
    {
        IReadOnlyList<string> names = Kernel.EnumNames("skb_drop_reason", "SKB_DROP_REASON_")!;
        Assert.Equal("", names[0]);   // SKB_NOT_DROPPED_YET
        Assert.Equal(1, names.Count(name => name == "NO_SOCKET"));
        Assert.Equal(1, names.Count(name => name == "TCP_CSUM"));
        Assert.True(names.Count < 512, "SKB_DROP_REASON_SUBSYS_MASK is 0xffff0000");
    }

    [Theory]
    [InlineData("no_such_enum")]
    [InlineData("sock_common")]
    [InlineData("")]
    public void What_is_no_enumeration_has_no_names(string name) => Assert.Null(Kernel.EnumNames(name, ""));

    [Fact]
    public void A_missing_or_foreign_file_is_null()
    {
        Assert.Null(BtfFile.TryRead("/sys/kernel/btf/no such file"));
        Assert.Null(BtfFile.TryRead("/proc/self/status"));
        Assert.Null(BtfFile.TryRead("/proc"));
    }

    [Fact]
    public void A_small_file_reads_like_the_kernels()
    {
        BtfFile btf = BtfFile.TryParse(SmallBtf())!;
        Assert.Equal(new BtfMember(0, 4), btf.Member("outer.first"));
        Assert.Equal(new BtfMember(4, 4), btf.Member("outer.hidden"));
        Assert.Equal(new BtfMember(8, 12), btf.Member("outer.list"));
        Assert.Equal(14, btf.Count);
        Assert.Equal(["NONE", "", "TWO"], btf.EnumNames("reason", "WHY_"));
        Assert.Equal(["WHY_NONE", "OTHER", "WHY_TWO"], btf.EnumNames("reason", ""));
        Assert.Equal(7u, btf.Function("run"));
        Assert.Null(btf.Member("outer.endless"));
        Assert.Equal((11u, 2), btf.Tracepoint("ping"));
    }

    [Theory]
    [InlineData("pong")]      // No such name.
    [InlineData("pin")]       // The beginning of one.
    [InlineData("number")]    // A typedef of something else.
    [InlineData("lost")]      // A pointer to no type at all.
    [InlineData("")]
    public void What_is_no_tracepoint_is_null(string name) => Assert.Null(BtfFile.TryParse(SmallBtf())!.Tracepoint(name));

    [Theory]
    [InlineData("inet_sock_set_state", 3)]
    [InlineData("timer_start", 2)]
    [InlineData("timer_cancel", 1)]
    public void Tracepoints_of_the_running_kernel_have_ids_and_at_least_the_arguments_they_always_had(string name, int arguments)
    {
        (uint id, int count) = Assert.NotNull(Kernel.Tracepoint(name));
        Assert.True(id > 0 && count >= arguments, $"{name} has {count} arguments");
        Assert.Null(Kernel.Tracepoint(name + "_"));
        Assert.Null(Kernel.Tracepoint(name[..^1]));
    }

    [Fact]
    public void A_file_cut_anywhere_is_null_or_poorer_but_never_an_exception()
    {
        byte[] whole = SmallBtf();
        for (int length = 0; length < whole.Length; length++)
        {
            AskEverything(whole[..length]);
        }
    }

    [Fact]
    public void A_file_with_any_octets_changed_never_throws()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt At, byte Value)[]>(),
            changes =>
            {
                byte[] octets = SmallBtf();
                foreach ((NonNegativeInt at, byte value) in changes)
                {
                    octets[at.Get % octets.Length] = value;
                }

                AskEverything(octets);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_one_octet_changed_to_any_value_never_throws()
    {
        byte[] octets = SmallBtf();
        for (int at = 0; at < octets.Length; at++)
        {
            byte before = octets[at];
            for (int value = 0; value < 256; value++)
            {
                octets[at] = (byte)value;
                AskEverything([.. octets]);
            }

            octets[at] = before;
        }
    }

    private static void AskEverything(byte[] octets)
    {
        if (BtfFile.TryParse(octets) is { } btf)
        {
            foreach (string path in (string[])["outer.first", "outer.hidden", "outer.list", "outer.endless", "outer.hidden.first"])
            {
                _ = btf.Member(path);
            }

            _ = btf.Function("run");
            _ = btf.EnumNames("reason", "WHY_");
            foreach (string name in (string[])["ping", "number", "lost"])
            {
                _ = btf.Tracepoint(name);
            }
        }
    }

    /// <summary>
    /// struct outer { int first; union { int hidden; }; int list[3]; endless_t endless; }; with a typedef that means itself; and
    /// enum reason { WHY_NONE, OTHER, WHY_TWO, WHY_SECOND = 2, WHY_MASK = 0xffff0000 }; a tracepoint ping(int, int), and two typedefs that
    /// are none: of an int, and of a pointer to a type that is not there.
    /// </summary>
    private static byte[] SmallBtf()
    {
        byte[] strings = "\0int\0outer\0first\0hidden\0list\0endless\0run\0reason\0WHY_NONE\0OTHER\0WHY_TWO\0WHY_SECOND\0WHY_MASK\0btf_trace_ping\0btf_trace_number\0btf_trace_lost\0"u8.ToArray();
        uint Name(string name) => name.Length == 0 ? 0 : (uint)(strings.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes($"\0{name}\0")) + 1);
        const uint Int = 1u << 24, Pointer = 2u << 24, Array = 3u << 24, Struct = 4u << 24, Union = 5u << 24, Enum = 6u << 24, Typedef = 8u << 24, Function = 12u << 24, Prototype = 13u << 24;
        uint[] types =
        [
            Name("int"), Int, 4, 32,
            Name(""), Union | 1, 4, Name("hidden"), 1, 0,
            Name(""), Array, 0, 1, 1, 3,
            Name("outer"), Struct | 4, 24, Name("first"), 1, 0, Name(""), 2, 32, Name("list"), 3, 64, Name("endless"), 5, 160,
            Name("endless"), Typedef, 5,
            Name(""), Prototype, 0,
            Name("run"), Function, 6,
            Name("reason"), Enum | 5, 4,
            Name("WHY_NONE"), 0, Name("OTHER"), 1, Name("WHY_TWO"), 2, Name("WHY_SECOND"), 2, Name("WHY_MASK"), 0xffff0000,
            Name(""), Pointer, 10,
            Name(""), Prototype | 3, 0, Name(""), 0, Name(""), 1, Name(""), 1,
            Name("btf_trace_ping"), Typedef, 9,
            Name("btf_trace_number"), Typedef, 1,
            Name("btf_trace_lost"), Typedef, 99,
        ];
        byte[] octets = new byte[24 + (4 * types.Length) + strings.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(octets, 0xeb9f);
        octets[2] = 1;
        uint[] header = [24, 0, 4 * (uint)types.Length, 4 * (uint)types.Length, (uint)strings.Length];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(4 + (4 * i)), header[i]);
        }

        for (int i = 0; i < types.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(24 + (4 * i)), types[i]);
        }

        strings.CopyTo(octets, 24 + (4 * types.Length));
        return octets;
    }
}
