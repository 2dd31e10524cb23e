using System.Net;
using System.Net.Sockets;
using TcpLens.Stack;

namespace TcpLens.Lab.Tests;

/// <summary>Both ends of one connection: ours, and the kernel's.</summary>
internal sealed record Pair(TcpLensStream Ours, Socket Kernels) : IDisposable
{
    /// <summary>The kernel connects, we accept.</summary>
    public static async Task<Pair> Accepted(TunStack stack, bool v6)
    {
        using TcpLensListener listener = TcpLensListener.Open(stack.Driver, TunStack.Own(v6));
        Socket socket = stack.Place.Run(() => new Socket(TunStack.KernelAddress(v6).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await socket.ConnectAsync(TunStack.OwnEndPoint(v6, listener.Local.Port));
        return new(await listener.AcceptAsync(), socket);
    }

    /// <summary>We connect, the kernel accepts.</summary>
    public static async Task<Pair> Connected(TunStack stack, bool v6)
    {
        using Socket listener = stack.Place.Run(() =>
        {
            var made = new Socket(TunStack.KernelAddress(v6).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(TunStack.KernelAddress(v6), 0));
            made.Listen();
            return made;
        });
        TcpLensStream stream = await TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(v6, ((IPEndPoint)listener.LocalEndPoint!).Port));
        return new(stream, await listener.AcceptAsync());
    }

    public void Dispose()
    {
        Ours.Dispose();
        Kernels.Dispose();
    }
}
