using System.Text;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class TaskNamesTests : IDisposable
{
    private const int User = 0x0040_4000;     // Flags of ordinary processes.
    private const int Kernel = 0x0020_8040;   // PF_KTHREAD among them.

    private readonly string _proc = Directory.CreateTempSubdirectory("tcplens").FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void This_process_is_known_from_proc()
    {
        KnownTask task = new TaskNames()[Environment.ProcessId];
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), $"{task.Name}");
        Assert.False(task.IsKernel);
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("a) S 1 (b")]
    [InlineData("Isolated Web Co")]
    [InlineData("")]
    public void A_name_may_contain_what_stands_around_it(string name)
    {
        Write(7, name, User);
        Assert.Equal((name, false), NameOf(new TaskNames(_proc), 7));
    }

    [Fact]
    public void Threads_of_the_kernel_are_told_from_processes()
    {
        Write(2, "kthreadd", Kernel);
        TaskNames tasks = new(_proc);
        Assert.Equal(("kthreadd", true), NameOf(tasks, 2));

        tasks.Begin(900, parent: 2);
        tasks.Rename(900, "kworker/0:1"u8, isExec: false);
        Assert.Equal(("kworker/0:1", true), NameOf(tasks, 900));

        tasks.Begin(901, parent: 900);
        tasks.Rename(901, "modprobe\0\0\0"u8, isExec: true);
        Assert.Equal(("modprobe", false), NameOf(tasks, 901));
    }

    [Fact]
    public void A_new_process_has_its_parents_name_until_it_gets_its_own()
    {
        Write(10, "bash", User);
        TaskNames tasks = new(_proc);
        tasks.Begin(11, parent: 10);
        Assert.Equal("bash", NameOf(tasks, 11).Name);
        tasks.Rename(11, "curl"u8, isExec: true);
        Assert.Equal("curl", NameOf(tasks, 11).Name);
        Assert.Equal("bash", NameOf(tasks, 10).Name);
    }

    [Fact]
    public void A_number_given_anew_is_another_process()
    {
        Write(10, "bash", User);
        TaskNames tasks = new(_proc);
        tasks.Rename(11, "curl"u8, isExec: true);
        tasks.Begin(11, parent: 10);
        Assert.Equal("bash", NameOf(tasks, 11).Name);
    }

    [Fact]
    public void Two_that_share_a_place_are_both_known()
    {
        Write(5, "one", User);
        Write(5 + (16 << 10), "other", User);
        TaskNames tasks = new(_proc);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("one", NameOf(tasks, 5).Name);
            Assert.Equal("other", NameOf(tasks, 5 + (16 << 10)).Name);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 (cut")]
    [InlineData("12 ) backwards (")]
    public void What_cannot_be_read_has_no_name(string? stat)
    {
        if (stat is not null)
        {
            Directory.CreateDirectory($"{_proc}/12");
            File.WriteAllText($"{_proc}/12/stat", stat);
        }

        Assert.Equal(("", false), NameOf(new TaskNames(_proc), 12));
    }

    private static (string Name, bool IsKernel) NameOf(TaskNames tasks, int pid) => ($"{tasks[pid].Name}", tasks[pid].IsKernel);

    private void Write(int pid, string name, int flags)
    {
        Directory.CreateDirectory($"{_proc}/{pid}");
        File.WriteAllBytes($"{_proc}/{pid}/stat", Encoding.UTF8.GetBytes($"{pid} ({name}) S 1 1 1 0 -1 {flags} 0 0 0 0\n"));
    }
}
