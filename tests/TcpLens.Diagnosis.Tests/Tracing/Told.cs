using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests;

/// <summary>Records as a kernel's program writes them.</summary>
internal static class Told
{
    public static TraceRecord Change(TcpState from, TcpState to, int errno = 0, TraceMarks marks = TraceMarks.None) => new()
    {
        Kind = TraceKind.StateChange,
        From = from,
        To = to,
        Errno = (ushort)errno,
        Marks = marks,
        Family = IpFamily.V4,
        LocalAddress = WireAddress.Of(HostAddress.From(IPAddress.Loopback)),
        RemoteAddress = WireAddress.Of(HostAddress.From(IPAddress.Loopback)),
        LocalPort = 40000,
        RemotePort = 80,
        Pid = 1234,
        Command = TaskName.From("curl"u8),
        AtNanoseconds = 2_000_000_000,
        SinceNanoseconds = 1_000_000_000,
    };

    public static TraceRecord LifeEnd(TcpState from, TcpState to, int errno = 0, TraceMarks marks = TraceMarks.None)
        => Change(from, to, errno, marks) with { Kind = TraceKind.LifeEnded };

    public static LifeTail Path(params ReadOnlySpan<TcpState> states)
    {
        StatePath path = default;
        foreach (TcpState state in states)
        {
            path = path.Then(state);
        }

        return new LifeTail { Path = path };
    }
}
