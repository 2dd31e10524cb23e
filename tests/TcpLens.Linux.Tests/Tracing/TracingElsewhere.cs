using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>
/// This program as a process of its own, started where tracefs is not mounted, or without privileges: it tries to trace a connection that
/// it makes, and writes what came of it, a line for each thing.
/// </summary>
internal static class TracingElsewhere
{
    public const string Verb = "trace-elsewhere";

    /// <param name="asNobody">Without any privilege.</param>
    /// <param name="unmounts">In a mount namespace from which every tracefs was taken away.</param>
    public static CommandResult Start(bool asNobody, bool unmounts)
    {
        string[] unprivileged = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
        string script = unmounts ? "umount -a -t tracefs; exec \"$@\"" : "exec \"$@\"";
        return CommandRun.Run("unshare", ["--mount", "sh", "-c", script, "sh", .. asNobody ? unprivileged : [], Environment.ProcessPath!, Verb]);
    }

    public static int Run()
    {
        Console.WriteLine($"mounts before: {Mounts()}");
        using (TraceFs? formats = TraceFs.TryOpen(out string? whyNoFormats))
        {
            Console.WriteLine($"formats: {formats?.Place ?? whyNoFormats}");
        }

        using Socket listener = TestSockets.Listener(OwnPlace.Address);
        TraceRequest request = new()
        {
            Topics = TraceTopics.StateChanges,
            Filter = SocketFilter.Parse($"dport = :{((IPEndPoint)listener.LocalEndPoint!).Port}", NoNames.Instance).Filter!,
        };
        using PerfTracer? tracer = PerfTracer.TryOpen(request, out string? whyNot);
        Console.WriteLine($"tracer: {tracer?.Description ?? whyNot}");
        Console.WriteLine($"mounts while tracing: {Mounts()}");
        if (tracer is not null)
        {
            Console.WriteLine($"seen: {TraceConnection(tracer, listener)}");
        }

        return 0;
    }

    private static int Mounts() => File.ReadAllLines("/proc/self/mountinfo").Count(line => line.Contains(" - tracefs "));

    private static string TraceConnection(PerfTracer tracer, Socket listener)
    {
        using Collected seen = new(tracer);
        using Socket client = TestSockets.ConnectTo(listener);
        int port = ((IPEndPoint)client.LocalEndPoint!).Port;
        seen.WaitForChange(port, TcpState.Established);
        return seen.TextOf(port);
    }
}
