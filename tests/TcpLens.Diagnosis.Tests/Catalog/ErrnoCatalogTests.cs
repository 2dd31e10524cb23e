using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace TcpLens.Diagnosis.Tests;

public sealed partial class ErrnoCatalogTests
{
    private static readonly string[] Headers = ["/usr/include/asm-generic/errno-base.h", "/usr/include/asm-generic/errno.h"];

    /// <summary>Those that a call on a socket can return, by experiment and by the kernel's source.</summary>
    public static TheoryData<int> OfSockets =>
    [
        1, 2, 4, 9, 11, 12, 13, 14, 19, 22, 23, 24, 28, 32, 64, 71, 88, 89, 90, 91, 92, 93, 94, 95, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106,
        107, 108, 110, 111, 112, 113, 114, 115, 125,
    ];

    [Fact]
    public void Every_number_and_symbol_is_that_of_the_systems_headers()
    {
        Dictionary<string, string> defined = Headers.SelectMany(File.ReadLines).Select(line => Define().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups["symbol"].Value, match => match.Groups["value"].Value);
        Dictionary<string, string> ours = ErrnoCatalog.All.Where(page => page.IsAssigned && !page.IsInternal)
            .ToDictionary(page => page.Symbol, page => page.Number.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("EAGAIN", defined["EWOULDBLOCK"]);
        Assert.Equal("EDEADLK", defined["EDEADLOCK"]);
        Assert.Equal(
            defined.Where(pair => char.IsDigit(pair.Value[0])).OrderBy(pair => pair.Key, StringComparer.Ordinal),
            ours.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(131, ours.Count);
    }

    [Fact]
    public void Numbers_1_to_133_are_all_there_and_41_and_58_are_nobodys()
    {
        Assert.Equal(Enumerable.Range(1, ErrnoCatalog.Last), ErrnoCatalog.All.Where(page => !page.IsInternal).Select(page => page.Number));
        Assert.Equal([41, 58], ErrnoCatalog.All.Where(page => !page.IsAssigned).Select(page => page.Number));
        Assert.All(ErrnoCatalog.All.Where(page => !page.IsAssigned || page.IsInternal), page => Assert.NotEmpty(page.Elsewhere));
    }

    [Fact]
    public void Every_text_is_that_of_the_C_library()
        => Assert.All(
            ErrnoCatalog.All.Where(page => page.IsAssigned && !page.IsInternal),
            page => Assert.Equal(Marshal.GetPInvokeErrorMessage(page.Number), page.Text));

    [Theory]
    [MemberData(nameof(OfSockets))]
    public void What_a_call_on_a_socket_can_return_says_which_call_and_what_then(int number)
    {
        TcpErrno? meaning = ErrnoCatalog.Of(number)?.OnTcp;
        Assert.NotNull(meaning);
        Assert.EndsWith(".", meaning.Meaning);
        Assert.NotEmpty(meaning.Calls);
        Assert.Equal(meaning.Calls.Count, meaning.Calls.Select(row => row.Call).Distinct().Count());
        Assert.All(meaning.Calls.Select(row => row.Means).Concat(meaning.Advice), line => Assert.EndsWith(".", line));
        Assert.All(meaning.NextSteps, step => Assert.Contains(step.Command.Split(' ')[0], new[] { "tcplens", "ip" }));
    }

    [Fact]
    public void No_meaning_belongs_to_a_symbol_that_does_not_exist()
        => Assert.Equal(OfSockets.Count, ErrnoCatalog.All.Count(page => page.OnTcp is not null));

    [Theory]
    [InlineData("110", "ETIMEDOUT")]
    [InlineData("-110", "ETIMEDOUT")]
    [InlineData("etimedout", "ETIMEDOUT")]
    [InlineData(" ECONNREFUSED ", "ECONNREFUSED")]
    [InlineData("EWOULDBLOCK", "EAGAIN")]
    [InlineData("enotsup", "EOPNOTSUPP")]
    [InlineData("EDEADLOCK", "EDEADLK")]
    [InlineData("512", "ERESTARTSYS")]
    public void A_page_is_found_by_number_symbol_and_alias_in_any_case(string text, string symbol)
        => Assert.Equal(symbol, ErrnoCatalog.Find(text)?.Symbol);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("134")]
    [InlineData("ETIMEOUT")]
    [InlineData("-2147483648")]
    [InlineData("99999999999")]
    public void What_is_no_errno_has_no_page(string text) => Assert.Null(ErrnoCatalog.Find(text));

    [Fact]
    public void Every_ICMP_error_becomes_an_errno_that_has_a_page()
        => Assert.All(IcmpErrnos.All, row => Assert.NotNull(ErrnoCatalog.Find(row.Symbol)?.OnTcp));

    [GeneratedRegex(@"^#define\s+(?<symbol>E\w+)\s+(?<value>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Define();
}
