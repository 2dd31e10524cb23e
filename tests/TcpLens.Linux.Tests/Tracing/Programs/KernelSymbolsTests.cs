using System.Text;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class KernelSymbolsTests
{
    private const string Wanted = "tw_timer_handler";
    private const ulong Address = 0xffffffff820089f0;

    /// <summary>As much of the file as is read at once.</summary>
    private const int BufferLength = 64 << 10;

    [RootFact]
    public void The_running_kernel_tells_where_its_functions_are()
    {
        ulong address = Assert.NotNull(KernelSymbols.AddressOf("tw_timer_handler"u8));
        Assert.Contains($"{address:x16} t {Wanted}", File.ReadLines("/proc/kallsyms"));
    }

    [Theory]
    [InlineData("ffffffff820089f0 t tw_timer_handler\n", Address)]
    [InlineData("ffffffff820089f0 T tw_timer_handler\t[tcp]\n", Address)]
    [InlineData("ffffffff81000000 t not_tw_timer_handler\nffffffff81000010 t tw_timer_handler.cold\nffffffff820089f0 t tw_timer_handler\n", Address)]
    [InlineData("ffffffff81000000 t tw_timer_handler_old\nffffffff820089f0 t tw_timer_handler\n", Address)]
    [InlineData("ffffffff81000000 t x tw_timer_handlertw_timer_handler\nffffffff820089f0 t tw_timer_handler\n", Address)]
    [InlineData("0000000000000000 t tw_timer_handler\n", null)]
    [InlineData("ffffffff81000000 t tw_timer_handle\n", null)]
    [InlineData("ffffffff820089f t tw_timer_handler\n", null)]
    [InlineData("tw_timer_handler\n", null)]
    [InlineData(" tw_timer_handler\n", null)]
    [InlineData("ffffffff820089f0 t tw_timer_handler", null)]   // Cut: the kernel ends every line.
    [InlineData("\n\n\n", null)]
    [InlineData("", null)]
    public void Only_a_whole_name_counts(string text, ulong? address) => Assert.Equal(address, Find(text));

    [Fact]
    public void A_line_may_end_anywhere_in_what_is_read_at_once()
    {
        string line = $"{Address:x16} t {Wanted}\n";
        for (int before = BufferLength - line.Length - 2; before <= BufferLength + 2; before++)
        {
            Assert.Equal(Address, Find(Filler(before) + line));
        }
    }

    [Fact]
    public void A_line_longer_than_what_is_read_at_once_ends_the_search() => Assert.Null(Find(new string('x', BufferLength + 10) + $"\n{Address:x16} t {Wanted}\n"));

    [Fact]
    public void Without_the_file_nothing_is_known() => Assert.Null(KernelSymbols.AddressOf("tw_timer_handler"u8, "/no/such/file"));

    /// <summary>Lines of other names, so many octets in all.</summary>
    private static string Filler(int length)
    {
        StringBuilder text = new(length);
        while (length - text.Length > 64)
        {
            text.Append("ffffffff81000000 t some_other_function\n");
        }

        return text.Append('y', length - text.Length - 1).Append('\n').ToString();
    }

    private static ulong? Find(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return KernelSymbols.AddressOf("tw_timer_handler"u8, path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
