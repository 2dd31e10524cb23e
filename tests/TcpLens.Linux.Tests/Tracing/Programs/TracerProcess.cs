using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>
/// This program as a process of its own with a tracer: it traces a connection that it makes itself, says who made it, and goes on until
/// it is ended.
/// </summary>
internal static class TracerProcess
{
    public const string Verb = "trace-until-ended";

    /// <param name="before">Command that starts it: "unshare --pid …"; empty: none.</param>
    public static BackgroundProcess Start(params IReadOnlyList<string> before)
    {
        string[] line = [.. before, Environment.ProcessPath!, Verb];
        return BackgroundProcess.Start(null, line[0], line[1..]);
    }

    /// <summary>Says its own process number and that of the one that the tracer saw connecting: "1 1 name".</summary>
    public static int Run()
    {
        using BpfTracer? tracer = BpfTracer.TryOpen(new TraceRequest { Topics = TraceScene.Everything }, out string? whyNot);
        if (tracer is null)
        {
            Console.WriteLine(whyNot);
            return 1;
        }

        using Socket listener = TestSockets.Listener(OwnPlace.Address);
        using Socket client = TestSockets.ConnectTo(listener);
        uint inode = client.Inode();
        using Collected seen = new(tracer);
        TraceRecord connecting = seen.Some(record => record.Inode == inode && record.To == TcpState.SynSent, "the connection must be told");
        Console.WriteLine($"{Environment.ProcessId} {connecting.Pid} {connecting.Command}");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }
}
