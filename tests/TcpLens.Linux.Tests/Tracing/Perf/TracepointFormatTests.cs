using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class TracepointFormatTests
{
    [Fact]
    public void Fields_are_found_by_name_whatever_their_type()
    {
        TracepointFormat format = Formats.Parse(Formats.SetState);
        Assert.Equal(2287u, format.Id);
        Assert.Equal(new TracepointField(0, 2), format["common_type"]);
        Assert.Equal(new TracepointField(8, 8), format["skaddr"]);
        Assert.Equal(new TracepointField(20, 4), format["newstate"]);
        Assert.Equal(new TracepointField(40, 16), format["saddr_v6"]);
        Assert.Null(format["sock_cookie"]);
        Assert.Null(format[""]);
    }

    [Theory]
    [InlineData("field:unsigned long x;\toffset:8;\tsize:8;\tsigned:0;", 8, 8)]
    [InlineData("field:void *x; offset:8; size:8; signed:0;", 8, 8)]
    [InlineData("  field:char x[TASK_COMM_LEN];\toffset:12;\tsize:16;\tsigned:1;", 12, 16)]
    [InlineData("field:__data_loc char[] y;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:int x;\toffset:12;\tsize:4;", 12, 4)]
    public void Declarations_are_read_as_C_writes_them(string field, int offset, int length)
        => Assert.Equal(new TracepointField(offset, length), Formats.Parse("ID: 7\nformat:\n\t" + field)["x"]);

    [Theory]
    [InlineData("field:int x;\toffset:-4;\tsize:4;")]
    [InlineData("field:int x;\toffset:8;\tsize:99999999999999;")]
    [InlineData("field:int x;\toffset:8190;\tsize:4;")]
    [InlineData("field:int x;\tsize:4;")]
    [InlineData("field:int x;\toffset:8;\tsize:4")]
    [InlineData("field:")]
    public void A_field_that_makes_no_sense_is_not_there(string field) => Assert.Null(Formats.Parse("ID: 7\n" + field)["x"]);

    [Fact]
    public void Symbols_are_those_that_the_kernel_prints_for_that_field()
    {
        Assert.Equal(["NOT_SPECIFIED", "NO_SOCKET", "", "TCP_RFC7323_PAWS"], Formats.Parse(Formats.SendReset).Symbols("reason"));
        Assert.Equal(["", "", "NOT_SPECIFIED", "NO_SOCKET", "", "TCP_CSUM"], Formats.Parse(Formats.FreeSkb).Symbols("reason"));
        Assert.Null(Formats.Parse(Formats.FreeSkbOf510).Symbols("reason"));
        Assert.Null(Formats.Parse(Formats.SetState).Symbols("ocol"));
        Assert.Equal(263, Formats.Parse(Formats.SetState).Symbols("protocol")!.Count);
    }

    [Fact]
    public void Symbols_whose_number_is_a_word_are_passed_over()
        => Assert.Empty(Formats.Parse(Formats.SendResetOf61).Symbols("state")!);

    [Theory]
    [InlineData("""__print_symbolic(REC->reason, { 0x2, "SK_RST_REASON_A" }, { 1, "B" })""", "|B|A")]
    [InlineData("""__print_symbolic(REC->reason,{1,"a } strange, name"},{2,"b"})""", "|a } strange, name|b")]
    [InlineData("""__print_symbolic(REC->reason, { 1, "A" }, { 600, "too far" }), { 2, "not mine" }""", "|A")]
    [InlineData("""__print_symbolic(REC->reason, { 1, "A" }, { 2, "cut""", "|A")]
    [InlineData("__print_symbolic(REC->reason, ", "")]
    [InlineData("__print_symbolic(REC->reason", null)]
    public void Symbols_are_read_as_far_as_they_make_sense(string print, string? names)
        => Assert.Equal(names, Formats.Parse($"ID: 7\nprint fmt: \"%s\", {print}").Symbols("reason", "SK_RST_REASON_") is { } all ? string.Join('|', all) : null);

    [Theory]
    [InlineData("")]
    [InlineData("ID:\n")]
    [InlineData("ID: x\nfield:int x;\toffset:8;\tsize:4;")]
    [InlineData("field:int x;\toffset:8;\tsize:4;\nID: 99999999999")]
    public void Without_the_tracepoints_number_there_is_nothing(string text) => Assert.Null(TracepointFormat.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_text_cut_anywhere_is_null_or_poorer_but_never_an_exception()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Formats.SendReset);
        for (int length = 0; length <= whole.Length; length++)
        {
            AskEverything(whole[..length]);
        }
    }

    [Fact]
    public void A_text_with_any_octets_changed_never_throws()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt At, byte Value)[]>(),
            changes =>
            {
                byte[] octets = Encoding.UTF8.GetBytes(Formats.SendReset);
                foreach ((NonNegativeInt at, byte value) in changes)
                {
                    octets[at.Get % octets.Length] = value;
                }

                AskEverything(octets);
            }).QuickCheckThrowOnFailure();

    [RootFact]
    public void The_running_kernel_describes_every_tracepoint_that_is_used()
    {
        using TraceFs formats = TraceFs.TryOpen(out string? whyNot) ?? throw new InvalidOperationException(whyNot);
        TracepointFormat changes = formats.Format("sock/inet_sock_set_state")!;
        Assert.Equal(new TracepointField(8, 8), changes["skaddr"]);
        Assert.NotEqual(changes.Id, formats.Format("tcp/tcp_retransmit_skb")!.Id);
        Assert.Null(formats.Format("sock/no_such_tracepoint"));
    }

    [RootFact]
    public void Names_of_reasons_are_the_same_as_those_of_the_kernels_types()
    {
        using TraceFs formats = TraceFs.TryOpen(out string? whyNot) ?? throw new InvalidOperationException(whyNot);
        BtfFile types = BtfFile.TryRead()!;
        Assert.Equal(types.EnumNames("skb_drop_reason", "SKB_DROP_REASON_"), formats.Format("skb/kfree_skb")!.Symbols("reason", "SKB_DROP_REASON_"));
        Assert.Equal(types.EnumNames("sk_rst_reason", "SK_RST_REASON_"), formats.Format("tcp/tcp_send_reset")!.Symbols("reason", "SK_RST_REASON_"));
    }

    private static void AskEverything(byte[] octets)
    {
        if (TracepointFormat.Parse(octets) is { } format)
        {
            _ = format["skaddr"];
            _ = format.Symbols("reason", "TCP_");
            _ = format.Symbols("state");
        }
    }
}
