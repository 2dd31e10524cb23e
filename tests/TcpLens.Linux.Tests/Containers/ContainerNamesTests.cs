using TcpLens.Linux.Tests.Namespaces;

namespace TcpLens.Linux.Tests.Containers;

public sealed class ContainerNamesTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly ProcFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("docker", "var/lib/docker/containers/" + Id + "/config.v2.json", "{\"ID\":\"x\",\"Name\":\"/web\"}", "web")]
    [InlineData("kubernetes", "var/lib/docker/containers/" + Id + "/config.v2.json", "{\"Name\":\"/k8s_web\"}", "k8s_web")]
    [InlineData("podman", "var/lib/containers/storage/overlay-containers/containers.json", "[{\"id\":\"" + Id + "\",\"names\":[\"db\"]}]", "db")]
    [InlineData("podman", "var/lib/containers/storage/overlay-containers/volatile-containers.json", "[{\"id\":\"" + Id + "\",\"names\":[\"tmp\"]}]", "tmp")]
    [InlineData("containerd", "run/containerd/io.containerd.runtime.v2.task/k8s.io/" + Id + "/config.json", "{\"annotations\":{\"io.kubernetes.cri.sandbox-name\":\"shop-7\",\"io.kubernetes.cri.container-name\":\"web\"}}", "shop-7/web")]
    [InlineData("cri-o", "run/containers/storage/overlay-containers/" + Id + "/userdata/config.json", "{\"annotations\":{\"io.kubernetes.pod.name\":\"shop-7\",\"io.kubernetes.container.name\":\"web\"}}", "shop-7/web")]
    public void A_runtimes_file_gives_the_name(string runtime, string file, string json, string name)
    {
        _root.Write(file, json);

        Assert.Equal(name, new ContainerNames(_root.Root).NameOf(new ContainerName(runtime, Id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"Name\":17}")]
    [InlineData("{\"Name\":\"/\"}")]
    public void A_file_that_says_nothing_leaves_the_short_identifier(string json)
    {
        _root.Write($"var/lib/docker/containers/{Id}/config.v2.json", json);

        Assert.Equal("0123456789ab", new ContainerNames(_root.Root).NameOf(new ContainerName("docker", Id)));
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("containerd")]
    [InlineData("lxc")]
    public void No_file_leaves_the_short_identifier(string runtime)
        => Assert.Equal("0123456789ab", new ContainerNames(_root.Root).NameOf(new ContainerName(runtime, Id)));
}
