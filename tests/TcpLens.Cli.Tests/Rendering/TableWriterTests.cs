using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class TableWriterTests
{
    private static readonly Column[] Columns =
    [
        new("State"),
        new("Recv-Q") { Align = Align.Right },
        new("Local"),
        new("Process") { Cut = Cut.End, Priority = 1 },
    ];

    [Fact]
    public void Columns_take_the_width_of_what_the_sample_held_and_later_rows_push_and_recover()
    {
        var output = new MemoryWriter();
        var table = new TableWriter(output, TerminalStyle.Plain, Columns, sampleRows: 2);
        Row(table, "LISTEN", 0, "127.0.0.1:80", "nginx");
        Row(table, "ESTAB", 1234, "10.0.0.1:80", "nginx");
        Row(table, "SYN-RECEIVED", 5, "1.2.3.4:5", "sshd");
        Row(table, "ESTAB", 7, "255.255.255.255:65535", "a much longer name than before");
        table.Complete();

        Assert.Equal(
            """
            State   Recv-Q  Local         Process
            LISTEN       0  127.0.0.1:80  nginx
            ESTAB     1234  10.0.0.1:80   nginx
            SYN-RECEIVED 5  1.2.3.4:5     sshd
            ESTAB        7  255.255.255.255:65535 a much longer name than before

            """, output.ToString());
    }

    [Fact]
    public void A_line_never_ends_in_blanks_and_missing_cells_are_empty()
    {
        var output = new MemoryWriter();
        var table = new TableWriter(output, TerminalStyle.Plain, Columns, TableWriter.WholeTable) { HasHeader = false };
        Row(table, "ESTAB", 1, "10.0.0.1:80", "");
        table.Word("LISTEN"u8);
        table.EndRow();
        table.Text(null);
        table.Unknown();
        table.EndRow();
        table.Complete();

        Assert.Equal("ESTAB   1  10.0.0.1:80\nLISTEN\n-       -\n", output.ToString());
    }

    [Fact]
    public void A_table_without_rows_still_has_its_header()
    {
        var output = new MemoryWriter();
        new TableWriter(output, TerminalStyle.Plain, Columns).Complete();
        Assert.Equal("State  Recv-Q  Local  Process\n", output.ToString());
    }

    [Fact]
    public void A_pipe_gets_every_character_however_long_the_line()
    {
        string address = "2001:db8:1111:2222:3333:4444:5555:6666";
        string name = new('n', 300);
        var output = new MemoryWriter();
        var table = new TableWriter(output, TerminalStyle.Plain, Columns, TableWriter.WholeTable);
        Row(table, "ESTAB", 0, address, name);
        table.Complete();
        Assert.Equal($"ESTAB       0  {address}  {name}", output.ToString().Split('\n')[1]);
    }

    [Fact]
    public void On_a_terminal_no_line_is_ever_wider_than_it_is()
    {
        for (int columns = 1; columns <= 120; columns++)
        {
            var output = new MemoryWriter();
            var table = new TableWriter(output, new TerminalStyle(Color: true, Unicode: true, columns), Columns, TableWriter.WholeTable);
            Row(table, "ESTABLISHED", 123456, "[2001:db8::1]:443", "東京-naïve-process-with-a-name");
            Row(table, "LISTEN", 0, "*:80", "\e[2J\u202e");
            table.Bar(0.7, 40, Ink.Green);
            table.EndRow();
            table.Complete();
            foreach (string line in output.ToString().Split('\n'))
            {
                Assert.InRange(CellWidth.Of(Encoding.UTF8.GetBytes(line)), 0, columns);
            }
        }
    }

    [Fact]
    public void Hostile_names_cannot_break_the_row_nor_reach_the_terminal()
    {
        var output = new MemoryWriter();
        var table = new TableWriter(output, new TerminalStyle(Color: false, Unicode: true, Columns: 80), Columns);
        Row(table, "ESTAB", 0, "1.2.3.4:5", "a\nb\e[31m\u202e");
        table.Complete();
        Assert.Equal(@"ESTAB       0  1.2.3.4:5  a\x0ab\x1b[31m\u202e", output.ToString().Split('\n')[1]);
    }

    [Fact]
    public void Colour_is_sent_only_where_the_style_has_it()
    {
        foreach (bool color in new[] { false, true })
        {
            var output = new MemoryWriter();
            var table = new TableWriter(output, new TerminalStyle(color, Unicode: true, Columns: 80), [new("State")]);
            table.Word("CLOSE-WAIT"u8, Ink.Yellow);
            table.EndRow();
            table.Complete();
            Assert.Equal(color ? "\e[1mState\e[0m\n\e[33mCLOSE-WAIT\e[0m\n" : "State\nCLOSE-WAIT\n", output.ToString());
        }
    }

    [Fact]
    public void A_row_costs_no_allocation_once_the_table_flows()
    {
        var output = new MemoryWriter(capacity: 1 << 20);
        var table = new TableWriter(output, TerminalStyle.Plain, Columns, sampleRows: 16);
        var endpoint = new Endpoint(HostAddress.Parse("2001:db8::1")!.Value, 443);
        Rows(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rows(5000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Rows(int count)
        {
            for (int i = 0; i < count; i++)
            {
                table.Word("ESTAB"u8);
                table.Number(i);
                table.Cell.WriteEndpoint(endpoint, IpFamily.V6);
                table.EndCell();
                table.Text("näme");
                table.EndRow();
            }
        }
    }

    [Fact]
    public void One_cell_too_many_is_a_mistake_of_ours_and_found_at_once()
    {
        var table = new TableWriter(new MemoryWriter(), TerminalStyle.Plain, [new("one")]);
        table.Number(1);
        Assert.Throws<InvalidOperationException>(() => table.Number(2));
    }

    private static void Row(TableWriter table, string state, long queue, string local, string process)
    {
        table.Text(state);
        table.Number(queue);
        table.Text(local);
        table.Text(process);
        table.EndRow();
    }
}
