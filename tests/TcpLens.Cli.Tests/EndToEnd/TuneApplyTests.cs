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

        Assert.Contains("Change 1 is in force", Tune("apply", "accept-queue-overflow", "--duration", "200ms", "--yes").EnsureSuccess().Output);

        Assert.Equal("4096", Value(Somaxconn));
        JsonElement change = Assert.Single(Changes());
        Assert.StartsWith($"accept-queue-overflow@{listener.LocalEndPoint}: ", change.Text("reason"), StringComparison.Ordinal);
        Tune("undo").EnsureSuccess();
        Assert.Equal("1", Value(Somaxconn));
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
