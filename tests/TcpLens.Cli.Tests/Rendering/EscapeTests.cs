using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class EscapeTests
{
    [Theory]
    [InlineData("nginx: worker", "nginx: worker")]
    [InlineData("kworker[0:1]", "kworker[0:1]")]
    [InlineData(@"dev-disk-by\x2duuid", @"dev-disk-by\x2duuid")]
    [InlineData("\e[31mred\e[0m", @"\x1b[31mred\x1b[0m")]
    [InlineData("\e]0;title\a", @"\x1b]0;title\x07")]
    [InlineData("line\nfeed\ttab\rreturn\0", @"line\x0afeed\x09tab\x0dreturn\x00")]
    [InlineData("\u007f\u009b31m", @"\x7f\u009b31m")] // U+009B is a one-character CSI
    [InlineData("\u202eexe.txt\u202c", @"\u202eexe.txt\u202c")]
    [InlineData("\u2066a\u2069\u200b\u200d\ufeff\u00ad", @"\u2066a\u2069\u200b\u200d\ufeff\u00ad")]
    [InlineData("a\u2028b\u2029c", @"a\u2028b\u2029c")]
    [InlineData("\U000e0001", @"\u{e0001}")]
    [InlineData("naïve 東京 🦀", "naïve 東京 🦀")]
    [InlineData("", "")]
    public void Text_that_could_steer_a_terminal_is_shown_and_not_sent(string hostile, string expected)
    {
        var output = new MemoryWriter(capacity: 1);
        output.WriteText(hostile);
        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_shown_as_the_number_it_is()
    {
        var output = new MemoryWriter();
        output.WriteText("a\ud800x\udc00");
        Assert.Equal(@"a\ud800x\udc00", output.ToString());
    }

    [Theory]
    [InlineData(new byte[] { 0x41, 0xff, 0x42 }, @"A\xffB")]
    [InlineData(new byte[] { 0xc3 }, @"\xc3")]
    [InlineData(new byte[] { 0xc0, 0x80 }, @"\xc0\x80")] // an overlong NUL
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, @"\xed\xa0\x80")] // a surrogate in UTF-8
    [InlineData(new byte[] { 0x1b, 0x5b, 0x48 }, @"\x1b[H")]
    [InlineData(new byte[] { 0xc3, 0xa9 }, "é")]
    public void Octets_that_are_no_utf8_are_shown_as_numbers(byte[] hostile, string expected)
    {
        var output = new MemoryWriter(capacity: 1);
        output.WriteText(hostile);
        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void Whatever_goes_in_what_comes_out_is_valid_and_has_nothing_that_acts()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), octets =>
        {
            var output = new MemoryWriter(capacity: 1);
            output.WriteText(octets);
            return IsHarmless(output.Written);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), text =>
        {
            var output = new MemoryWriter(capacity: 1);
            output.WriteText(text);
            return IsHarmless(output.Written);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Every_character_of_unicode_comes_out_harmless()
    {
        var output = new MemoryWriter();
        for (int value = 0; value <= 0x10ffff; value++)
        {
            if (Rune.IsValid(value))
            {
                output.Clear();
                output.WriteText(new Rune(value).ToString());
                Assert.True(IsHarmless(output.Written), $"U+{value:x4}");
            }
        }
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("naïve", 5)]
    [InlineData("東京", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("한글", 4)]
    [InlineData("\u1112\u1161\u11ab", 2)] // the same first syllable, spelled out
    [InlineData("🦀", 2)]
    [InlineData("ｱ", 1)]
    [InlineData("Ａ", 2)]
    [InlineData("█▏…", 3)]
    [InlineData("\e[1;31mred\e[0m", 3)]
    public void A_text_takes_the_cells_a_terminal_gives_it(string text, int cells) => Assert.Equal(cells, CellWidth.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("abcdef", 4, false, "abc…")]
    [InlineData("abcdef", 4, true, "…def")]
    [InlineData("東京都庁", 4, false, "東…")]
    [InlineData("東京都庁", 4, true, "…庁")]
    [InlineData("abcdef", 1, false, "…")]
    [InlineData("abcdef", 1, true, "…")]
    public void A_cut_text_says_so_and_never_takes_more_than_its_room(string text, int room, bool fromStart, string expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var output = new MemoryWriter();
        int cells = CellWidth.WriteCut(output, utf8, CellWidth.Of(utf8), room, fromStart, unicode: true);
        Assert.Equal(expected, output.ToString());
        Assert.Equal(CellWidth.Of(output.Written), cells);
        Assert.InRange(cells, 1, room);
    }

    private static bool IsHarmless(ReadOnlySpan<byte> utf8)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        return text.EnumerateRunes().All(rune => Rune.GetUnicodeCategory(rune) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
    }
}
