using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class StandardOutputTests
{
    [Fact]
    public void Output_that_was_closed_when_the_program_started_is_an_error_with_a_sentence()
    {
        var output = new StandardOutput(new OutputDescriptor(1_000_000));
        output.WriteLine("hello"u8);
        var failure = Assert.Throws<SystemCallException>(output.Flush);
        Assert.Equal("could not write to standard output: Bad file descriptor (EBADF); it was closed when tcplens started; send it to a file or to /dev/null", failure.Message);
    }

    [Fact]
    public void Nothing_to_write_is_nothing_to_complain_about()
    {
        var output = new StandardOutput(new OutputDescriptor(1_000_000));
        output.Flush();
    }

    [Fact]
    public async Task Rows_go_out_whole_and_in_order_however_many()
    {
        using InheritedPipe pipe = new();
        var output = new StandardOutput(pipe.Descriptor);
        Task<string> reading = pipe.ReadAsync();
        var expected = new System.Text.StringBuilder();
        for (int i = 0; i < 100_000; i++)
        {
            output.WriteNumber(i);
            output.WriteLine();
            expected.Append(i).Append('\n');
        }

        output.Write(new byte[200_000]);
        expected.Append('\0', 200_000);
        output.Flush();
        pipe.CloseWriter();
        Assert.Equal(expected.ToString(), await reading);
    }

    [Fact]
    public void A_reader_that_has_gone_ends_the_writing_at_the_next_full_buffer()
    {
        using InheritedPipe pipe = new();
        pipe.CloseReader();
        var output = new StandardOutput(pipe.Descriptor);
        Assert.Throws<OutputClosedException>(() =>
        {
            for (int row = 0; row < 100_000; row++)
            {
                output.WriteLine("one row"u8);
            }
        });
    }
}
