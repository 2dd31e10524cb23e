using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Processes;

public sealed class OwnSessionTests
{
    [Theory]
    [InlineData("192.0.2.7 51000 192.0.2.1 22", "192.0.2.7:51000", "192.0.2.1:22")]
    [InlineData("2001:db8::7 51000 2001:db8::1 22", "[2001:db8::7]:51000", "[2001:db8::1]:22")]
    [InlineData("fe80::7%eth0 51000 fe80::1%eth0 22", "[fe80::7]:51000", "[fe80::1]:22")]
    public void SSH_CONNECTION_names_client_and_server(string text, string client, string server)
    {
        (Endpoint Client, Endpoint Server)? parsed = OwnSession.ParseSsh(text);

        Assert.Equal((client, server), ($"{parsed?.Client}", $"{parsed?.Server}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("192.0.2.7 51000")]
    [InlineData("192.0.2.7 51000 192.0.2.1 port")]
    [InlineData("192.0.2.7 99999 192.0.2.1 22")]
    [InlineData("UNKNOWN 65535 UNKNOWN 65535")]   // What sshd writes when it does not know.
    public void Anything_else_names_nothing(string? text) => Assert.Null(OwnSession.ParseSsh(text));

    [Fact]
    public void What_the_process_itself_holds_is_of_the_session_and_nothing_else_is()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        OwnSession own = OwnSession.Find(new ProcFs(), Environment.ProcessId, static _ => null);
        uint held = uint.Parse(new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!["socket:[".Length..^1]);

        Assert.True(own.Holds(Entry(held)));
        Assert.False(own.Holds(Entry(held + 1_000_000)));
        Assert.False(own.Holds(Entry(inode: 0)));
    }

    private static SocketEntry Entry(uint inode) => new()
    {
        State = TcpState.Established,
        Family = IpFamily.V4,
        Local = default,
        Remote = default,
        Inode = inode,
    };
}
