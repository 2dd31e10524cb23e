using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>From a finding of the doctor to the setting that helps, and back.</summary>
public sealed class TuneApplyTests : TuneFixture
{
    private const string Somaxconn = "net.core.somaxconn";

    [RootFact]
    public void What_the_doctor_recommends_is_set_with_the_finding_as_the_reason_and_taken_back()
    {
        Namespace.SetSysctl(Somaxconn, "1");
        using Socket listener = Namespace.Run(Listen);
        using Socket first = Connect(listener);
        using Socket second = Connect(listener);   // A queue of one holds two.

        string said = Tune("apply", "accept-queue-overflow", "--duration", "200ms", "--yes").EnsureSuccess().Output;

        Assert.Contains("Change 1 is in force", said);
        Assert.Contains("is still there (same)", said);   // A queue takes its limit when listen() is called.

        Assert.Equal("4096", Value(Somaxconn));
        JsonElement change = Assert.Single(Changes());
        Assert.StartsWith($"accept-queue-overflow@{listener.LocalEndPoint}: ", change.Text("reason"), StringComparison.Ordinal);
        Tune("undo").EnsureSuccess();
        Assert.Equal("1", Value(Somaxconn));
    }

    [RootFact]
    public void After_the_change_it_is_looked_whether_the_symptom_went()
    {
        Namespace.SetSysctl("net.ipv4.tcp_window_scaling", "0");

        JsonElement change = Tool.Parse(Tune("apply", "unsafe-sysctl@net.ipv4.tcp_window_scaling", "--duration", "100ms", "--yes", "--json").EnsureSuccess().Output);

        Assert.Equal(("applied", "gone"), (change.Text("outcome"), change.Text("symptom")));
        Assert.Equal("1", Value("net.ipv4.tcp_window_scaling"));
    }

    [RootFact]
    public void A_plan_alone_is_not_measured()
    {
        Namespace.SetSysctl("net.ipv4.tcp_window_scaling", "0");

        JsonElement plan = Tool.Parse(Tune("apply", "unsafe-sysctl", "--duration", "100ms", "--dry-run", "--json").EnsureSuccess().Output);

        Assert.Equal(("planned", null), (plan.Text("outcome"), plan.Text("symptom")));
        Assert.Equal("0", Value("net.ipv4.tcp_window_scaling"));
    }

    [RootFact]
    public void A_remedy_that_a_finding_does_not_have_is_wrong_usage()
    {
        Namespace.SetSysctl("net.ipv4.tcp_window_scaling", "0");

        CommandResult result = Tune("apply", "unsafe-sysctl", "--duration", "100ms", "--remedy", "2", "--yes");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("has one remedy that is a setting; say 1", result.Error);
    }

    [RootFact]
    public void What_is_not_found_is_not_mended()
    {
        CommandResult result = Tune("apply", "accept-queue-overflow", "--duration", "100ms", "--yes");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("does not find it now", result.Error);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(128);
        return listener;
    }

    private Socket Connect(Socket listener) => Namespace.Run(() =>
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        return client;
    });
}
