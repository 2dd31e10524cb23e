using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests;

/// <summary>A namespace that was found, and is gone when it is entered.</summary>
public sealed class VanishedPlaceTests
{
    private static readonly NetworkNamespace Vanished = new(1) { Path = "/run/netns/tcplens-test-gone", Names = ["gone"] };

    [RootFact]
    public void Among_others_it_is_a_blind_spot_with_its_name_and_the_others_are_counted() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using var machine = new LiveMachine([Vanished, new NetworkNamespace(ns) { IsOwn = true }]);

        Assert.Equal(1, machine.CountStates(walk: false)[TcpState.Listen]);
        using SocketWalk walk = machine.Walk(new SocketQuery());
        Assert.True(walk.Read(out SocketEntry entry));
        Assert.Equal(TcpState.Listen, entry.State);
        Assert.False(walk.Read(out SocketEntry _));
        Assert.All(machine.BlindSpots, blind => Assert.StartsWith("namespace gone", blind.ToString(), StringComparison.Ordinal));
        Assert.Equal(2, machine.BlindSpots.Count);
    });

    [Fact]
    public void Alone_it_is_an_error()
    {
        using var machine = new LiveMachine([Vanished]);

        Assert.Contains("it is gone since it was found", Assert.Throws<SystemCallException>(() => machine.CountStates(walk: false)).Message);
        using SocketWalk walk = machine.Walk(new SocketQuery());
        Assert.Throws<SystemCallException>(() => walk.Read(out SocketEntry _));
    }
}
