using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests;

public sealed class FlagCatalogTests
{
    [Fact]
    public void Every_one_of_the_512_combinations_has_a_page_that_agrees_with_the_rules()
    {
        for (ushort number = 0; number <= (ushort)ControlBits.All; number++)
        {
            FlagPage page = FlagCatalog.Of((ControlBits)number);
            Assert.Equal((ControlBits)number, page.Bits);
            Assert.All(new[] { page.Title, page.Meaning, page.Suspicious, page.Source }, Assert.NotEmpty);
            Assert.True(page.IsLegal || page.Normal.Length == 0 || page.Bits is ControlBits.Fin or ControlBits.Psh or ControlBits.Urg
                or ControlBits.Ece or ControlBits.Cwr or ControlBits.Ae, $"{page.Title} is illegal and yet normal");
        }
    }

    [Theory]
    [InlineData("SYN+FIN", false)]
    [InlineData("SYN+RST", false)]
    [InlineData("FIN+RST", false)]
    [InlineData("null", false)]
    [InlineData("xmas", false)]
    [InlineData("RST+ACK", true)]
    [InlineData("FIN+ACK", true)]
    [InlineData("SYN+ECE+CWR", true)]
    [InlineData("SYN+ECE+CWR+AE", true)]
    public void The_notorious_and_the_usual_have_written_pages(string text, bool isLegal)
    {
        Assert.True(ControlBitsText.TryParse(text, out ControlBits bits));
        FlagPage page = Assert.Single(FlagCatalog.All, page => page.Bits == bits);
        Assert.Equal(isLegal, page.IsLegal);
    }

    [Fact]
    public void No_combination_is_written_twice()
        => Assert.Equal(FlagCatalog.All.Count, FlagCatalog.All.Select(page => page.Bits).Distinct().Count());

    [Fact]
    public void Every_fault_has_a_reason_of_its_own()
        => Assert.Equal(
            Enum.GetValues<ControlBitsFault>().Length, Enum.GetValues<ControlBitsFault>().Select(FlagCatalog.Explain).Distinct().Count());

    [Fact]
    public void A_title_begins_with_the_bits_as_they_are_printed()
        => Assert.All(
            FlagCatalog.All.Where(page => page.Bits != ControlBits.None),
            page => Assert.True(ControlBitsText.TryParse(page.Title.Split(':')[0], out _) || page.Bits.Fault == ControlBitsFault.Christmas, page.Title));
}
