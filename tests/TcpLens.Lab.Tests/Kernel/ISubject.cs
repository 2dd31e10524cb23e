using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Lab.Tests;

/// <summary>
/// A TCP that a test talks to by packets on a link and by socket calls: ours, where time passes as it is told to, or the kernel's, where it
/// passes by itself. It is 10.7.0.1; the test is 10.7.0.2.
/// </summary>
internal interface ISubject : IDisposable
{
    bool IsKernel { get; }

    /// <summary>A packet comes to it over the link.</summary>
    void Give(ReadOnlySpan<byte> packet);

    /// <summary>Waits until it sends a packet of IPv4; null when it sends none in that time.</summary>
    byte[]? Next(TimeSpan within);

    /// <summary>Listens on <see cref="Wire.ServerPort"/>.</summary>
    void Listen();

    /// <summary>The connection that a handshake has made.</summary>
    ISubjectSocket Accept();

    /// <summary>Calls the test at <see cref="Wire.TestPort"/>, and does not wait for what becomes of it.</summary>
    ISubjectSocket Connect();

    /// <summary>Asks, while time passes, until it is so; fails when it never is.</summary>
    void Await(Func<bool> condition, string what);
}

/// <summary>What can be chosen for a connection of either; times in seconds.</summary>
internal enum Choice
{
    NoDelay,
    Cork,
    KeepAliveAfter,
    UserTimeout,
    TimeToLive,
    DiffServ,
}

internal interface ISubjectSocket
{
    TcpState State { get; }

    /// <summary>What SO_ERROR says; asked once.</summary>
    ConnectionError Error { get; }

    /// <summary>Octets that can be received now.</summary>
    int Readable { get; }

    void Send(int octets, bool isUrgent = false);

    void Receive(int octets);

    void Choose(Choice choice, int value);

    /// <summary>shutdown(SHUT_WR).</summary>
    void CloseSending();

    void Close();
}
