using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>What tests ask of a record.</summary>
internal static class ToldChecks
{
    /// <summary>Who did it: the process with that number, at work on this very socket.</summary>
    public static void IsBy(this in TraceRecord record, Puppet puppet, string name)
        => Assert.Equal((puppet.Pid, name, true), (record.Pid, record.Command.ToString(), record.Has(TraceMarks.ByProcess)));

    /// <summary>Whose socket it is; the event itself came from the network or a timer.</summary>
    public static void IsOf(this in TraceRecord record, Puppet puppet, string name)
        => Assert.Equal((puppet.Pid, name), (record.Pid, record.Command.ToString()));

    /// <summary>The old state lasted at least so long, and not longer than the script.</summary>
    public static void Lasted(this in TraceRecord record, TimeSpan atLeast, TraceScene scene)
    {
        Assert.NotNull(record.NanosecondsInOldState);
        Assert.InRange(TimeSpan.FromTicks((long)record.NanosecondsInOldState.Value / TimeSpan.NanosecondsPerTick), atLeast, scene.Elapsed);
    }

    public static string? Reason(this in TraceRecord record) => Closing.ReasonOf(in record);

    public static ClosingKind Kind(this TracedLife? life) => Closing.KindOf(life!.Record, life.Tail);

    /// <summary>Octets acknowledged and received.</summary>
    public static (ulong Sent, ulong Received) Octets(this TracedLife? life) => (life!.Tail.BytesAcknowledged, life.Tail.BytesReceived);

    /// <summary>The states of a life as a path is written.</summary>
    public static string Path(this TracedLife? life)
        => string.Join('>', Enumerable.Range(0, life!.Tail.Path.Count).Select(i => life.Tail.Path[i].Name(StateSpelling.Netstat)));
}
