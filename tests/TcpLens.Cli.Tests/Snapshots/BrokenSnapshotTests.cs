using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TcpLens.Observation;

namespace TcpLens.Cli.Tests.Snapshots;

/// <summary>Files that are cut, damaged or something else: one clear error that names the line, and never another exception.</summary>
public sealed class BrokenSnapshotTests
{
    private static readonly byte[] Whole = Saved.Write(Saved.Everything());

    [Fact]
    public void Cut_at_any_octet_it_is_an_error_that_names_a_line()
    {
        // Only the last line's end may be missing.
        for (int length = 0; length < Whole.Length - 1; length++)
        {
            int end = length;
            SnapshotException broken = Assert.Throws<SnapshotException>(() => Saved.Read(Whole[..end]));
            Assert.Matches("^line [1-9][0-9]*: ", broken.Message);
        }

        Assert.Equal(3, Saved.Read(Whole[..^1]).Now.Sockets.Count);
    }

    [Fact]
    public void With_any_bit_turned_it_is_an_examination_that_the_doctor_can_read_or_an_error()
    {
        byte[] damaged = [.. Whole];
        for (int bit = 0; bit < 8 * Whole.Length; bit += 3)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _ = Diagnosed(damaged);
            damaged[bit / 8] = Whole[bit / 8];
        }
    }

    [Fact]
    public void Any_lines_at_all_are_an_examination_or_an_error()
    {
        string[] pieces = ["{", "}", "[", "]", "\n", ":", ",", "\"state\"", "\"schema\"", "\"tcplens.snapshot/1\"", "\"holders\"", "\"netns\"", "-1", "1e99", "18446744073709551616", "null", "\"\\ud800\"", "\ufeff", "\0"];
        Prop.ForAll(Gen.Elements(pieces).ArrayOf().ToArbitrary(), words => Diagnosed(Encoding.UTF8.GetBytes(string.Concat(words))))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("", "line 1: the file is empty")]
    [InlineData("hello\n", "line 1: this is not JSON, or cut short")]
    [InlineData("{\"schema\":\"tcplens.list/1\"}\n", "line 1: its schema is tcplens.list/1, and not tcplens.snapshot/1")]
    [InlineData("{\"a\":1}\n", "line 1: this is no snapshot saved by 'tcplens snapshot'")]
    [InlineData("[]", "line 1: this is no snapshot saved by 'tcplens snapshot'")]
    public void What_is_something_else_is_said(string text, string message)
        => Assert.Equal(message, Assert.Throws<SnapshotException>(() => Saved.Read(Encoding.UTF8.GetBytes(text))).Message);

    [Theory]
    [InlineData("\"state\":10", "\"state\":12", "line 2: state is 12, and at most 11 can be")]
    [InlineData("\"state\":10", "\"stale\":10", "line 2: a socket without a state")]
    [InlineData("\"family\":4", "\"family\":5", "line 2: 5 is not an address family: 4 and 6 are")]
    [InlineData("\"local_port\":443", "\"local_port\":65536", "line 2: local_port is 65536, and at most 65535 can be")]
    [InlineData("\"local_port\":443", "\"local_port\":-1", "line 2: local_port is not a whole number")]
    [InlineData("\"holders\":[0,1]", "\"holders\":[0,9]", "line 2: there is no holder 9")]
    [InlineData("\"0.0.0.0\"", "\"0.0.0\"", "line 2: an address is not one")]
    [InlineData("\"sockets_now\":3", "\"sockets_now\":2", "line 5: there are more sockets than the first line says")]
    [InlineData("\"sockets_now\":3", "\"sockets_now\":4", "line 6: the file ends here, 5 sockets were announced")]
    [InlineData("\"sockets_now\":3", "\"sockets_now\":4000001", "line 1: sockets_now is not a number from 0 to 4000000")]
    [InlineData("\"pid\":4712", "\"pid\":4711", "line 1: process 4711 is there twice")]
    [InlineData("\"elapsed_ns\":", "\"elapsed_ns\":-", "line 1: elapsed_ns is below 0")]
    public void What_is_wrong_is_named(string right, string wrong, string message)
    {
        string text = Encoding.ASCII.GetString(Whole);
        Assert.Contains(right, text, StringComparison.Ordinal);
        byte[] damaged = Encoding.ASCII.GetBytes(text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal(message, Assert.Throws<SnapshotException>(() => Saved.Read(damaged)).Message);
    }

    [Fact]
    public void A_line_without_an_end_is_not_read_for_ever()
    {
        using var stream = new Endless();
        Assert.StartsWith("line 1: no line has more than", Assert.Throws<SnapshotException>(() => SnapshotReader.Read(stream)).Message, StringComparison.Ordinal);
    }

    /// <summary>True when it could be read, and then the doctor has been through it.</summary>
    private static bool Diagnosed(byte[] octets)
    {
        Examination seen;
        try
        {
            seen = Saved.Read(octets);
        }
        catch (SnapshotException)
        {
            return true;
        }

        return Saved.Report(seen).Length > 0;
    }

    private sealed class Endless : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)'a', offset, count);
            return count;
        }
    }
}
