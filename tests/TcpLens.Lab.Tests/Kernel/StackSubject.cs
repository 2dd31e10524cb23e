using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab.Tests;

/// <summary>Our stack, with the defaults that it has.</summary>
internal sealed class StackSubject : ISubject
{
    private readonly byte[] _buffer = new byte[2048];
    private readonly TcpHost _host = new(new() { Addresses = [Wire.SubjectAddress] }, new byte[16]);
    private HostListener? _listener;

    public bool IsKernel => false;

    public Instant Now { get; private set; } = new(1_000_000_000_000);

    public void Give(ReadOnlySpan<byte> packet) => _host.OnPacket(packet, default, Now);

    public byte[]? Next(TimeSpan within)
    {
        Instant end = Now + within;
        while (true)
        {
            if (_host.TryTakePacket(_buffer, Now, out int length, out _))
            {
                return _buffer[..length];
            }

            if (_host.NextTimeout > end)
            {
                Now = end;
                return null;
            }

            Now = _host.NextTimeout > Now ? _host.NextTimeout : Now;
            _host.OnTimeout(Now);
        }
    }

    public void Listen() => Assert.Equal(HostError.None, _host.TryListen(new(Wire.SubjectAddress, Wire.ServerPort), ListenOptions.Default, out _listener));

    public ISubjectSocket Accept()
    {
        Assert.True(_listener!.TryAccept(out HostConnection? connection));
        return new Connection(this, connection!);
    }

    public ISubjectSocket Connect()
    {
        Assert.Equal(HostError.None, _host.TryConnect(new(Wire.TestAddress, Wire.TestPort), default, Now, out HostConnection? connection));
        return new Connection(this, connection!);
    }

    public void Await(Func<bool> condition, string what)
    {
        Instant end = Now + TimeSpan.FromSeconds(20);
        while (!condition())
        {
            while (_host.TryTakePacket(_buffer, Now, out _, out _))
            {
            }

            Assert.True(Now < end && _host.NextTimeout < Instant.Never, what);
            Now = _host.NextTimeout > Now ? _host.NextTimeout : Now;
            _host.OnTimeout(Now);
        }
    }

    public void Dispose()
    {
    }

    private sealed class Connection(StackSubject subject, HostConnection connection) : ISubjectSocket
    {
        public TcpState State => connection.State;

        public ConnectionError Error => connection.Error;

        public int Readable => connection.Readable;

        public void Send(int octets, bool isUrgent = false) => Assert.Equal(octets, connection.Send(new byte[octets], subject.Now, isUrgent));

        public void Receive(int octets) => Assert.Equal(octets, connection.Receive(new byte[octets], subject.Now));

        public void Choose(Choice choice, int value) => connection.Options = choice switch
        {
            Choice.NoDelay => connection.Options with { NoDelay = value != 0 },
            Choice.Cork => connection.Options with { Cork = value != 0 },
            Choice.KeepAliveAfter => connection.Options with { KeepAlive = true, KeepAliveIdle = TimeSpan.FromSeconds(value), KeepAliveInterval = TimeSpan.FromSeconds(value) },
            Choice.UserTimeout => connection.Options with { UserTimeout = TimeSpan.FromSeconds(value) },
            Choice.TimeToLive => connection.Options with { TimeToLive = (byte)value },
            Choice.DiffServ => connection.Options with { DiffServ = (byte)value },
        };

        public void CloseSending() => connection.CloseSending(subject.Now);

        public void Close() => connection.Close(subject.Now);
    }
}
