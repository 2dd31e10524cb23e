using System.Net;
using System.Net.Sockets;

namespace TcpLens.Testing.Tests;

public sealed class TestNamespaceTests
{
    [RootFact]
    public void Work_runs_inside_and_the_caller_stays_outside()
    {
        using var ns = new TestNamespace();
        string outside = Current();

        string inside = ns.Run(Current);

        Assert.NotEqual(outside, inside);
        Assert.Equal(outside, Current());
        Assert.Equal(inside, ns.Execute("readlink", "/proc/self/ns/net").Output.Trim());
    }

    [RootFact]
    public void An_exception_inside_comes_out_as_it_was()
    {
        using var ns = new TestNamespace();

        Assert.Equal("inside", Assert.Throws<InvalidDataException>(() => ns.Run(() => throw new InvalidDataException("inside"))).Message);
    }

    [RootFact]
    public void Sysctls_set_inside_stay_inside()
    {
        const string Path = "/proc/sys/net/ipv4/tcp_fin_timeout";
        using var ns = new TestNamespace();
        string outside = File.ReadAllText(Path);

        ns.SetSysctl("net.ipv4.tcp_fin_timeout", "37");

        Assert.Equal("37\n", ns.Run(() => File.ReadAllText(Path)));
        Assert.Equal(outside, File.ReadAllText(Path));
    }

    [RootTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_deaf_endpoint_hears_nothing_and_its_neighbour_everything(string address)
    {
        using var ns = new TestNamespace();
        ns.Run(() =>
        {
            using Socket deaf = TcpSockets.Listening(IPAddress.Parse(address));
            using Socket neighbour = TcpSockets.Listening(IPAddress.Parse(address));
            ns.Deafen(deaf.LocalIP());
            using Socket heard = TcpSockets.Bound(IPAddress.Parse(address));
            using Socket unheard = TcpSockets.Bound(IPAddress.Parse(address));

            heard.Connect(neighbour.LocalIP());
            unheard.ConnectInBackground(deaf.LocalIP());

            Assert.Equal(Protocol.TcpState.SynSent, unheard.State());
        });
    }

    [RootFact]
    public void Nothing_is_left_behind()
    {
        var ns = new TestNamespace();
        Assert.True(File.Exists(ns.Path));

        ns.Dispose();

        Assert.False(File.Exists(ns.Path));
        Assert.DoesNotContain(ns.Name, CommandRun.Run("ip", "netns", "list").Output);
    }

    private static string Current() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)!.Name;
}
