namespace TcpLens.Linux.Tests.Containers;

public sealed class ContainerNameTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Pod = "2f5a1c3e-0b7d-4a8e-9c6f-1d2e3f4a5b6c";
    private const string PodSlice = "2f5a1c3e_0b7d_4a8e_9c6f_1d2e3f4a5b6c";

    [Theory]
    [InlineData("/docker/" + Id, "docker")]
    [InlineData("/system.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/system.slice/docker-" + Id + ".scope/init.scope", "docker")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/docker/ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff/docker/" + Id, "docker")]
    [InlineData("/ecs/5a1c3e0b7d4a8e9c6f1d2e3f4a5b6c7d/" + Id, "docker")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope", "podman")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", "podman")]
    [InlineData("/machine.slice/machine-libpod_pod_ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.slice/libpod-" + Id + ".scope", "podman")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope/container", "podman")]
    [InlineData("/libpod_parent/libpod-" + Id, "podman")]
    [InlineData("/system.slice/nerdctl-" + Id + ".scope", "containerd")]
    [InlineData("/lxc.payload.c1/docker/" + Id, "docker")]
    [InlineData("/actions_job/" + Id, "container")]
    public void A_container_is_named_by_its_runtime_in_the_path(string path, string runtime)
        => Assert.Equal(new ContainerName(runtime, Id), ContainerName.FromCgroupPath(path));

    [Theory]
    [InlineData("/kubepods/burstable/pod" + Pod + "/" + Id, "kubernetes")]
    [InlineData("/kubepods/pod" + Pod + "/" + Id, "kubernetes")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + PodSlice + ".slice/cri-containerd-" + Id + ".scope", "containerd")]
    [InlineData("/kubepods.slice/kubepods-pod" + PodSlice + ".slice/crio-" + Id + ".scope", "cri-o")]
    [InlineData("/kubepods.slice/kubepods-pod" + PodSlice + ".slice/crio-" + Id + ".scope/container", "cri-o")]
    [InlineData("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + PodSlice + ".slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod" + PodSlice + ".slice/cri-containerd-" + Id + ".scope", "containerd")]
    [InlineData("/system.slice/containerd.service/kubepods-burstable-pod" + PodSlice + ".slice:cri-containerd:" + Id, "containerd")]
    public void A_container_of_a_pod_knows_the_pod(string path, string runtime)
        => Assert.Equal(new ContainerName(runtime, Id, Pod), ContainerName.FromCgroupPath(path));

    [Theory]
    [InlineData("/lxc.payload.web1", "lxc", "web1")]
    [InlineData("/lxc.payload.web1/system.slice/nginx.service", "lxc", "web1")]
    [InlineData("/lxc.payload/web1", "lxc", "web1")]
    [InlineData("/lxc/101/ns/system.slice/ssh.service", "lxc", "101")]
    [InlineData("/machine.slice/systemd-nspawn@build\\x2dbox.service/payload/system.slice/x.service", "nspawn", "build-box")]
    [InlineData("/machine.slice/machine-debian.scope", "nspawn", "debian")]
    public void A_container_with_a_name_for_an_identifier_is_shown_by_it_whole(string path, string runtime, string name)
    {
        ContainerName? container = ContainerName.FromCgroupPath(path);

        Assert.Equal(new ContainerName(runtime, name), container);
        Assert.Equal(name, container!.ShortId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/init.scope")]
    [InlineData("/system.slice/nginx.service")]
    [InlineData("/system.slice/docker.service")]
    [InlineData("/user.slice/user-1000.slice/session-3.scope")]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope")]
    [InlineData("/kubepods.slice/kubepods-pod" + PodSlice + ".slice/crio-conmon-" + Id + ".scope")]
    [InlineData("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope")]
    [InlineData("/lxc.monitor.web1")]
    [InlineData("/docker/0123456789abcdef")]
    [InlineData("/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/kubepods/burstable/pod" + Pod)]
    public void What_is_no_container_or_only_watches_over_one_is_null(string path) => Assert.Null(ContainerName.FromCgroupPath(path));

    [Fact]
    public void A_short_identifier_has_twelve_digits() => Assert.Equal("0123456789ab", new ContainerName("docker", Id).ShortId);

    [Theory]
    [InlineData("/system.slice/nginx.service", "nginx.service")]
    [InlineData("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service")]
    [InlineData("/system.slice/php\\x2dfpm.service", "php-fpm.service")]
    [InlineData("/user.slice/user-1000.slice/session-3.scope", "session-3.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/firefox.scope", "firefox.scope")]
    [InlineData("/system.slice/nginx.service/workers", "nginx.service")]
    [InlineData("/init.scope", "init.scope")]
    [InlineData("/system.slice", null)]
    [InlineData("/docker/" + Id, null)]
    [InlineData("", null)]
    [InlineData("/a\\x.service", "a\\x.service")]
    public void A_unit_is_the_innermost_service_or_scope(string path, string? unit) => Assert.Equal(unit, SystemdUnit.FromCgroupPath(path));

    [Theory]
    [InlineData("0::/system.slice/nginx.service\n", "/system.slice/nginx.service")]
    [InlineData("12:memory:/docker/abc\n1:name=systemd:/\n0::/\n", "/docker/abc")]
    [InlineData("4:memory:/docker/abc\n0::/system.slice/x.service\n", "/system.slice/x.service")]
    [InlineData("0::/\n", "/")]
    [InlineData("garbage\n::\n:\n", null)]
    [InlineData("", null)]
    public void The_path_of_a_process_is_that_of_v2_unless_it_says_nothing(string text, string? path)
        => Assert.Equal(path, CgroupText.PathOf(text));
}
