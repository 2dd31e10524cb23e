using System.Net.Sockets;
using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>
/// Every state at either end of a connection between our stack and the kernel. A firewall makes one of them deaf, so that the other waits in the
/// state that is wanted; the kernel's is read by ss, which asks sock_diag.
/// </summary>
public sealed class StateTests
{
    [RootTheory]
    [InlineData(TunStack.V4)]
    [InlineData(TunStack.V6)]
    public async Task Our_end_goes_through_every_state(bool v6)
    {
        using var stack = new TunStack();

        using (TcpLensListener listener = TcpLensListener.Open(stack.Driver, TunStack.Own(v6, 7000)))
        {
            DeafenKernel(stack);
            ValueTask<TcpLensStream> connecting = TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(v6, 9));
            Until.True(() => stack.Ask(host => host.Connections) == 1, "a connection must be in SYN-SENT");
            using Socket client = stack.Place.Run(() => TcpSockets.Bound(TunStack.KernelAddress(v6)));
            client.ConnectInBackground(TunStack.OwnEndPoint(v6, 7000));
            Until.True(() => stack.Ask(host => host.HalfOpen) == 1, "a connection must be in SYN-RECEIVED");
            Assert.Equal("SYN-SENT", KernelState(stack, client));
            HearAgain(stack);
            Assert.Equal(ConnectionError.Refused, (await Assert.ThrowsAsync<TcpLensException>(async () => await connecting)).Error);
            using TcpLensStream accepted = await listener.AcceptAsync();
            Assert.Equal(TcpState.Established, accepted.State);
            Until.True(() => KernelState(stack, client) == "ESTAB", "the kernel's end must be established");
            accepted.Abort();
        }

        using (Pair pair = await Pair.Accepted(stack, v6))
        {
            DeafenKernel(stack);
            pair.Ours.CloseSending();
            Await(stack, pair, TcpState.FinWait1, "ESTAB");
            pair.Kernels.Shutdown(SocketShutdown.Send);
            Await(stack, pair, TcpState.Closing, "FIN-WAIT-1");
            HearAgain(stack);
            Await(stack, pair, TcpState.TimeWait, "TIME-WAIT");
        }

        using (Pair pair = await Pair.Connected(stack, v6))
        {
            pair.Ours.CloseSending();
            Await(stack, pair, TcpState.FinWait2, "CLOSE-WAIT");
            pair.Kernels.Shutdown(SocketShutdown.Send);
            Await(stack, pair, TcpState.TimeWait, "");
        }

        using (Pair pair = await Pair.Connected(stack, v6))
        {
            pair.Kernels.Shutdown(SocketShutdown.Send);
            Await(stack, pair, TcpState.CloseWait, "FIN-WAIT-2");
            DeafenKernel(stack);
            pair.Ours.CloseSending();
            Await(stack, pair, TcpState.LastAck, "FIN-WAIT-2");
            HearAgain(stack);
            Await(stack, pair, TcpState.Closed, "TIME-WAIT");
        }
    }

    [RootFact]
    public async Task The_kernel_goes_through_the_states_that_need_us_to_be_deaf()
    {
        using var stack = new TunStack();
        using (Pair pair = await Pair.Accepted(stack, TunStack.V4))
        {
            DeafenUs(stack);
            pair.Kernels.Shutdown(SocketShutdown.Send);
            Await(stack, pair, TcpState.Established, "FIN-WAIT-1");
            pair.Ours.CloseSending();
            Await(stack, pair, TcpState.FinWait1, "CLOSING");
            HearAgain(stack);
            Await(stack, pair, TcpState.TimeWait, "TIME-WAIT");
        }

        using (Pair pair = await Pair.Accepted(stack, TunStack.V4))
        {
            pair.Ours.CloseSending();
            Await(stack, pair, TcpState.FinWait2, "CLOSE-WAIT");
            DeafenUs(stack);
            pair.Kernels.Shutdown(SocketShutdown.Send);
            Await(stack, pair, TcpState.FinWait2, "LAST-ACK");
            HearAgain(stack);
            Await(stack, pair, TcpState.TimeWait, "");
        }

        using Socket listener = stack.Place.Run(() => TcpSockets.Listening(TunStack.KernelAddress(TunStack.V4)));
        Assert.Equal("LISTEN", KernelState(stack, listener));
        DeafenUs(stack);
        ValueTask<TcpLensStream> connecting = TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(TunStack.V4, listener.LocalIP().Port));
        Until.True(() => stack.Place.Execute("ss", "-tanH", "state", "syn-recv").Lines.Length == 1, "the kernel must be in SYN-RECV");
        Assert.Equal(1, stack.Ask(host => host.Connections));
        HearAgain(stack);
        using TcpLensStream stream = await connecting;
        Assert.Equal(TcpState.Established, stream.State);
    }

    private static void Await(TunStack stack, Pair pair, TcpState ours, string kernels) => Until.True(
        () => pair.Ours.State == ours && KernelState(stack, pair.Kernels) == kernels,
        $"our end must be in {ours} and is in {pair.Ours.State}, the kernel's in {kernels} and is in {KernelState(stack, pair.Kernels)}");

    /// <summary>As ss writes it; nothing when the kernel has forgotten the connection.</summary>
    private static string KernelState(TunStack stack, Socket socket)
    {
        string[] lines = stack.Place.Execute("ss", "-tanH", "sport", "=", $":{socket.LocalIP().Port}").EnsureSuccess().Lines;
        return lines.Length == 0 ? "" : lines[0].Split(' ')[0];
    }

    private static void DeafenKernel(TunStack stack) => Block(stack, "input", "saddr");

    private static void DeafenUs(TunStack stack) => Block(stack, "output", "daddr");

    private static void Block(TunStack stack, string hook, string side) => stack.Place.LoadFirewall($$"""
        table inet deaf {
            chain {{hook}} {
                type filter hook {{hook}} priority 0;
                ip {{side}} 10.7.0.2 drop
                ip6 {{side}} fd07::2 drop
            }
        }
        """);

    private static void HearAgain(TunStack stack) => stack.Place.LoadFirewall("delete table inet deaf");
}
