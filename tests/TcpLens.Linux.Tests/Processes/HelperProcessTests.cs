using System.Text;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux.Tests;

public sealed class HelperProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_the_child_writes_is_read_to_its_end()
    {
        using HelperProcess helper = HelperProcess.Start("/bin/sh", ["-c", "echo \"$1 and $2\"", "sh", "first", "Ünïcode"]);
        Assert.Equal("first and Ünïcode\n", Encoding.UTF8.GetString(ReadAll(helper)));
    }

    [Fact]
    public void More_than_a_pipe_holds_arrives_whole()
    {
        using HelperProcess helper = HelperProcess.Start("/bin/sh", ["-c", "head -c 5000000 /dev/zero"]);
        Assert.Equal(5_000_000, ReadAll(helper).Length);
    }

    [Fact]
    public void A_descriptor_given_to_the_child_is_its_standard_input()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/proc/version");
        using HelperProcess helper = HelperProcess.Start("/bin/cat", [], file);
        Assert.Equal(File.ReadAllText("/proc/version"), Encoding.UTF8.GetString(ReadAll(helper)));
    }

    [Fact]
    public void This_program_can_start_itself()
    {
        using HelperProcess helper = HelperProcess.StartSelf(["-?"]);
        Assert.Contains("xUnit.net", Encoding.UTF8.GetString(ReadAll(helper)));
    }

    [Fact]
    public void A_silent_child_is_given_up_at_the_deadline_and_ended()
    {
        int pid;
        using (HelperProcess helper = HelperProcess.Start("/bin/sleep", ["1000"]))
        {
            pid = helper.Pid;
            Assert.Equal(-1, helper.Read(new byte[1], TimeSpan.FromMilliseconds(1)));
            Assert.Equal(-1, helper.Read(new byte[1], TimeSpan.Zero));
        }

        AssertGone(pid);
    }

    [Fact]
    public void A_stopped_child_does_not_hold_us_up()
    {
        int pid;
        using (HelperProcess helper = HelperProcess.Start("/bin/sh", ["-c", "kill -STOP $$"]))
        {
            pid = helper.Pid;
            Assert.Equal(-1, helper.Read(new byte[1], TimeSpan.FromMilliseconds(1)));
        }

        AssertGone(pid);
    }

    [Fact]
    public void A_child_that_has_more_to_say_dies_when_nobody_listens()
    {
        HelperProcess helper = HelperProcess.Start("/bin/sh", ["-c", "trap '' TERM; while :; do echo more; done"]);
        Assert.True(helper.Read(new byte[100], Patience) > 0);
        helper.Dispose();
        helper.Dispose();
        AssertGone(helper.Pid);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        SystemCallException missing = Assert.Throws<SystemCallException>(() => HelperProcess.Start("/no/such/program", []));
        Assert.Equal(Libc.ENOENT, missing.Errno);
        Assert.Contains("/no/such/program", missing.Message);
    }

    private static byte[] ReadAll(HelperProcess helper)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[100_000];
        int length;
        while ((length = helper.Read(buffer, Patience)) > 0)
        {
            all.Write(buffer, 0, length);
        }

        Assert.Equal(0, length);
        return all.ToArray();
    }

    /// <summary>Not even a zombie is left, once another helper has come and gone.</summary>
    private static void AssertGone(int pid) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            HelperProcess.Start("/bin/true", []).Dispose();
            return !Directory.Exists($"/proc/{pid}");
        },
        Patience));
}
