using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class ControlBitsTextTests
{
    private const ControlBits SynAck = ControlBits.Syn | ControlBits.Ack;
    private const ControlBits Xmas = ControlBits.Fin | ControlBits.Psh | ControlBits.Urg;

    public static TheoryData<string, ControlBits> Spellings => new()
    {
        { "SYN+ACK", SynAck }, { "SYN,ACK", SynAck }, { "syn-ack", SynAck }, { "SYN | ACK", SynAck }, { "SYN/ACK", SynAck },
        { "SynAck", SynAck }, { "ACK SYN", SynAck }, { "S.", SynAck }, { "[S.]", SynAck }, { "SA", SynAck }, { "0x12", SynAck },
        { "0x012", SynAck }, { "18", SynAck }, { "<SYN,ACK>", SynAck },
        { ".", ControlBits.Ack }, { "ACK", ControlBits.Ack }, { "[.]", ControlBits.Ack }, { "A", ControlBits.Ack },
        { "P.", ControlBits.Psh | ControlBits.Ack }, { "push", ControlBits.Psh }, { "PSH,ACK", ControlBits.Psh | ControlBits.Ack },
        { "F.", ControlBits.Fin | ControlBits.Ack }, { "R", ControlBits.Rst }, { "R.", ControlBits.Rst | ControlBits.Ack },
        { "reset", ControlBits.Rst }, { "URG", ControlBits.Urg }, { "urgent", ControlBits.Urg },
        { "E", ControlBits.Ece }, { "e", ControlBits.Ae }, { "W", ControlBits.Cwr }, { "AE", ControlBits.Ae }, { "NS", ControlBits.Ae },
        { "SEW", ControlBits.Syn | ControlBits.Ece | ControlBits.Cwr }, { "SEWe", ControlBits.Syn | ControlBits.Congestion },
        { "AE+CWR+ECE+SYN", ControlBits.Syn | ControlBits.Congestion },
        { "none", ControlBits.None }, { "[none]", ControlBits.None }, { "NULL", ControlBits.None }, { "0", ControlBits.None },
        { "xmas", Xmas }, { "FPU", Xmas }, { "0x1ff", ControlBits.All }, { "511", ControlBits.All },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_usual_spelling_is_read(string text, ControlBits expected)
    {
        Assert.True(ControlBitsText.TryParse(text, out ControlBits bits));
        Assert.Equal(expected, bits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("[]")]
    [InlineData("SYM")]
    [InlineData("SS")]
    [InlineData("0x200")]
    [InlineData("512")]
    [InlineData("0x")]
    [InlineData("-1")]
    [InlineData("LISTEN")]
    [InlineData("established")]
    [InlineData("SYN+BANANA")]
    public void What_is_no_flag_is_refused_and_leaves_no_bits(string text)
    {
        Assert.False(ControlBitsText.TryParse(text, out ControlBits bits));
        Assert.Equal(ControlBits.None, bits);
    }

    [Fact]
    public void Every_combination_comes_back_from_every_spelling()
    {
        for (ushort number = 0; number <= (ushort)ControlBits.All; number++)
        {
            foreach (ControlBitsSpelling spelling in Enum.GetValues<ControlBitsSpelling>())
            {
                string text = ControlBitsText.Format((ControlBits)number, spelling);
                Assert.True(ControlBitsText.TryParse(text, out ControlBits bits), text);
                Assert.Equal((text, (ControlBits)number), (text, bits));
            }
        }
    }

    [Theory]
    [InlineData(SynAck, "SYN+ACK", "S.", "0x012")]
    [InlineData(ControlBits.None, "none", "none", "0x000")]
    [InlineData(ControlBits.Psh | ControlBits.Ack, "PSH+ACK", "P.", "0x018")]
    [InlineData(ControlBits.Rst | ControlBits.Ack, "RST+ACK", "R.", "0x014")]
    [InlineData(ControlBits.Syn | ControlBits.Congestion, "SYN+ECE+CWR+AE", "SEWe", "0x1c2")]
    public void Words_letters_and_hex_are_printed_in_the_usual_order(ControlBits bits, string words, string letters, string hex)
    {
        Assert.Equal(words, ControlBitsText.Format(bits));
        Assert.Equal(letters, ControlBitsText.Format(bits, ControlBitsSpelling.Letters));
        Assert.Equal(hex, ControlBitsText.Format(bits, ControlBitsSpelling.Hex));
    }

    [Fact]
    public void No_text_makes_the_reader_throw_and_none_gives_bits_that_do_not_exist()
        => Prop.ForAll<string?>(text => ControlBitsText.TryParse(text, out ControlBits bits)
            ? (bits & ~ControlBits.All) == ControlBits.None
            : bits == ControlBits.None).QuickCheckThrowOnFailure();
}
