using Microsoft.Win32.SafeHandles;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Namespaces;

public sealed class NamespaceFinderTests
{
    [Fact]
    public void Ones_own_namespace_is_found_with_its_processes()
    {
        NamespaceSurvey survey = new NamespaceFinder().FindAll();

        NetworkNamespace own = Assert.Single(survey.Found, found => found.IsOwn);
        Assert.Equal(NamespaceFinder.OwnNamespace(), own.Inode);
        Assert.True(own.Processes >= 1);
        Assert.Equal(own.Inode, survey.NamespaceOfProcess[Environment.ProcessId]);
        Assert.NotNull(own.Owner);
    }

    [RootFact]
    public void A_named_namespace_without_any_process_is_found_by_its_mount()
    {
        using NamedNamespace blue = new();

        NetworkNamespace found = Select(blue.Name);

        Assert.Equal([blue.Name], found.Names);
        Assert.Equal(blue.Name, found.DisplayName);
        Assert.Equal((0, null, false, false), (found.Processes, found.Owner, found.IsHost, found.IsOwn));
    }

    [RootFact]
    public void A_process_in_a_namespace_is_its_owner_and_a_name_for_it()
    {
        using NamedNamespace blue = new();
        using NamedNamespace.Resident resident = blue.Inhabit();
        Deadline.Until(() => Select(blue.Name).Processes == 1, "the process to enter the namespace");

        NetworkNamespace found = Select(resident.Pid.ToString());

        Assert.Equal([blue.Name], found.Names);
        Assert.Equal(resident.Pid, found.Owner!.Pid);
        Assert.Equal(found, Select(found.Inode.ToString()));
        Assert.Equal(found, Select($"net:[{found.Inode}]"));
    }

    [RootFact]
    public void A_namespace_that_lost_its_name_is_found_by_its_process()
    {
        using NamedNamespace blue = new();
        using NamedNamespace.Resident resident = blue.Inhabit();
        Deadline.Until(() => Select(blue.Name).Processes == 1, "the process to enter the namespace");
        NamedNamespace.Ip("netns", "delete", blue.Name);

        NetworkNamespace found = Select(resident.Pid.ToString());

        Assert.Empty(found.Names);
        Assert.EndsWith($"/{resident.Pid}", found.DisplayName, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_namespace_held_only_by_a_descriptor_is_found_by_a_deep_look_and_can_be_entered()
    {
        using NamedNamespace blue = new();
        uint inode = Select(blue.Name).Inode;
        using SafeFileHandle held = File.OpenHandle("/run/netns/" + blue.Name);
        NamedNamespace.Ip("netns", "delete", blue.Name);

        Assert.Null(new NamespaceFinder().FindAll()[inode]);
        NetworkNamespace found = new NamespaceFinder().FindAll(deep: true)[inode]!;
        Assert.Equal(inode, NamespaceScope.Run(found, () => NamespaceFinder.OwnNamespace()));
    }

    [RootFact]
    public void All_means_every_namespace_and_the_hosts_stands_first()
    {
        using NamedNamespace blue = new();
        using NamedNamespace green = new();
        NamespaceSurvey survey = new NamespaceFinder().FindAll();

        Assert.True(survey.TrySelect("all", out IReadOnlyList<NetworkNamespace> all, out _));

        Assert.Contains(all, found => found.Names.Contains(blue.Name));
        Assert.Contains(all, found => found.Names.Contains(green.Name));
        Assert.DoesNotContain(all.Skip(1), found => found.IsHost);
    }

    [Fact]
    public void Processes_mounts_and_containers_are_read_from_a_proc_of_any_place()
    {
        using ProcFolder proc = new();
        proc.Link("self/ns/pid", "pid:[4026531836]");
        proc.Link("thread-self/ns/net", "net:[4026531840]");
        proc.AddProcess(1, "systemd", "net:[4026531840]", "0::/init.scope\n");
        proc.AddProcess(90, "nginx", "net:[4026532999]", $"0::/system.slice/docker-{new string('a', 64)}.scope\n");
        proc.AddProcess(91, "nginx", "net:[4026532999]", $"0::/system.slice/docker-{new string('a', 64)}.scope\n");
        proc.Write("self/mountinfo", "1 2 0:4 net:[4026533000] /run/docker/netns/my\\040box rw shared:2 - nsfs nsfs rw\ngarbage\n - \n");

        NamespaceSurvey survey = new NamespaceFinder(proc.Root, new ContainerNames(proc.Root)).FindAll();

        Assert.Equal(["host", "aaaaaaaaaaaa", "my box"], survey.Found.Select(found => found.DisplayName));
        Assert.Equal([1, 2, 0], survey.Found.Select(found => found.Processes));
        Assert.Equal(90, survey.Found[1].Owner!.Pid);
    }

    [Fact]
    public void Inside_a_container_process_one_is_not_taken_for_the_host()
    {
        using ProcFolder proc = new();
        proc.Link("self/ns/pid", "pid:[4026532500]");
        proc.AddProcess(1, "nginx", "net:[4026532999]", "0::/\n");

        NamespaceSurvey survey = new NamespaceFinder(proc.Root).FindAll();

        Assert.DoesNotContain(survey.Found, found => found.IsHost);
        Assert.Equal(
            "processes and network namespaces outside of this container: this process has a pid namespace of its own, pid:[4026532500]; "
            + "run on the host, or share its pid namespace",
            Assert.Single(survey.BlindSpots).ToString());
    }

    [Fact]
    public void An_empty_proc_has_no_namespaces_and_is_no_error()
    {
        using ProcFolder proc = new();

        Assert.Empty(new NamespaceFinder(proc.Root).FindAll(deep: true).Found);
    }

    private static NetworkNamespace Select(string text)
    {
        Assert.True(new NamespaceFinder().FindAll().TrySelect(text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure), failure);
        return Assert.Single(chosen);
    }
}
