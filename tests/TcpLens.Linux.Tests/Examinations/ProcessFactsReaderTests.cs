using System.Diagnostics;
using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Examinations;

public sealed class ProcessFactsReaderTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_program_whose_file_is_gone_is_known_as_after_an_upgrade()
    {
        string program = Path.Combine(Directory.CreateTempSubdirectory("tcplens-program-").FullName, "sleep");
        File.Copy("/bin/sleep", program);
        using Process process = Process.Start(program, "600");
        try
        {
            Assert.Equal(false, Read(process).IsProgramReplaced);

            Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);

            Assert.Equal(true, Read(process).IsProgramReplaced);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Theory]
    [InlineData("/usr/sbin/nginx (deleted)", true)]
    [InlineData("/usr/sbin/nginx", false)]
    [InlineData("/memfd:runc_cloned:/proc/self/exe (deleted)", false)]
    public void A_program_that_never_was_in_a_folder_is_not_replaced(string link, bool expected)
    {
        using ProcFolder proc = new();
        proc.Link("5/exe", link);

        Assert.Equal(expected, Read(proc).IsProgramReplaced);
    }

    [Fact]
    public void Its_container_limits_and_state_come_from_the_files_of_proc_and_what_is_missing_is_null()
    {
        using ProcFolder proc = new();
        proc.Write("5/stat", "5 (a) b) D 1 1 1");
        proc.Write("5/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 unlimited            files     \n");
        proc.Write("5/wchan", "inet_csk_accept");
        proc.Write("5/fd/0", "");
        proc.Write("5/fd/1", "");

        ProcessFacts facts = Read(proc, $"/docker/{Id}");

        Assert.Equal(('D', 1024, null, "inet_csk_accept", Id[..12]), (facts.State, facts.DescriptorLimit, facts.DescriptorHardLimit, facts.WaitsIn, facts.Container));
        Assert.Null(facts.IsProgramReplaced);
        Assert.Null(facts.Age);
    }

    [Fact]
    public void Nobody_at_all_is_all_null()
    {
        using ProcFolder proc = new();
        Assert.Equal(new ProcessFacts(new ProcessRef(5, "x")), Read(proc));
    }

    private static ProcessFacts Read(ProcFolder proc, string? cgroup = null)
        => new ProcessFactsReader(new ProcFs(proc.Root), new ContainerNames(proc.Root)).Read(new ProcessRef(5, "x") { Cgroup = cgroup });

    private static ProcessFacts Read(Process process)
        => new ProcessFactsReader(new ProcFs(), new ContainerNames()).Read(new ProcessRef(process.Id, "sleep"));
}
