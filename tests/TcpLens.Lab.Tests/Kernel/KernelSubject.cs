using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>The kernel's TCP, in a namespace of its own behind a TUN device.</summary>
internal sealed class KernelSubject : ISubject
{
    private readonly TestNamespace _place = new();
    private readonly TunDevice _device;
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _buffer = new byte[2048];
    private Socket? _listener;

    public KernelSubject()
    {
        // Each answer that a test waits for; the limit on them has a test of its own.
        _place.SetSysctl("net.ipv4.tcp_invalid_ratelimit", "0");

        // Whatever the machine's is; this one is everywhere.
        _place.SetSysctl("net.ipv4.tcp_congestion_control", "reno");
        _device = _place.Run(() => TunDevice.Open(new() { Offloads = false, Addresses = [new(IPAddress.Parse(Wire.SubjectText), 24)] }));
    }

    public bool IsKernel => true;

    public void Give(ReadOnlySpan<byte> packet) => Assert.True(_device.TryWrite(packet, default));

    public byte[]? Next(TimeSpan within)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            while (_device.TryRead(_buffer, out int length, out _))
            {
                if (_buffer[0] >> 4 == 4)
                {
                    return _buffer[..length];
                }
            }

            TimeSpan left = within - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            _device.Wait(left);
        }
    }

    public void Listen()
    {
        _listener = Make();
        _listener.Bind(new IPEndPoint(IPAddress.Parse(Wire.SubjectText), Wire.ServerPort));
        _listener.Listen();
    }

    public ISubjectSocket Accept()
    {
        Assert.True(_listener!.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        Socket socket = _listener.Accept();
        _sockets.Add(socket);
        return new Connection(socket);
    }

    public ISubjectSocket Connect()
    {
        Socket socket = Make();
        socket.ConnectInBackground(new IPEndPoint(IPAddress.Parse(Wire.TestText), Wire.TestPort));
        return new Connection(socket);
    }

    public void Await(Func<bool> condition, string what) => Until.True(condition, what);

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _device.Dispose();
        _place.Dispose();
    }

    private Socket Make()
    {
        Socket socket = _place.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Add(socket);
        return socket;
    }

    private sealed class Connection(Socket socket) : ISubjectSocket
    {
        private const int SolTcp = 6;
        private const int TcpCork = 3;
        private const int TcpKeepIdle = 4;
        private const int TcpKeepInterval = 5;
        private const int TcpUserTimeout = 18;
        private const int Milliseconds = 1000;

        public TcpState State => socket.State();

        public ConnectionError Error => (SocketError)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! switch
        {
            SocketError.Success => ConnectionError.None,
            SocketError.ConnectionRefused => ConnectionError.Refused,
            SocketError.ConnectionReset => ConnectionError.Reset,
            SocketError.TimedOut => ConnectionError.TimedOut,
            SocketError.HostUnreachable => ConnectionError.HostUnreachable,
            SocketError.NetworkUnreachable => ConnectionError.NetworkUnreachable,
            var other => throw new InvalidOperationException($"{other}"),
        };

        public int Readable => socket.Available;

        public void Send(int octets, bool isUrgent = false)
            => Assert.Equal(octets, socket.Send(new byte[octets], isUrgent ? SocketFlags.OutOfBand : SocketFlags.None));

        public void Receive(int octets)
        {
            byte[] into = new byte[octets];
            for (int received = 0; received < octets;)
            {
                received += socket.Receive(into, received, octets - received, SocketFlags.None);
            }
        }

        public void Choose(Choice choice, int value)
        {
            switch (choice)
            {
                case Choice.NoDelay:
                    socket.NoDelay = value != 0;
                    break;
                case Choice.Cork:
                    Set(TcpCork, value);
                    break;
                case Choice.KeepAliveAfter:
                    socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                    Set(TcpKeepIdle, value);
                    Set(TcpKeepInterval, value);
                    break;
                case Choice.UserTimeout:
                    Set(TcpUserTimeout, value * Milliseconds);
                    break;
                case Choice.TimeToLive:
                    socket.Ttl = (short)value;
                    break;
                default:
                    socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, value << 2);
                    break;
            }
        }

        public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

        public void Close() => socket.Close();

        private void Set(int option, int value) => socket.SetRawSocketOption(SolTcp, option, BitConverter.GetBytes(value));
    }
}
