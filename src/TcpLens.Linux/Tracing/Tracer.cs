using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Starts to trace by the best way that this kernel and this user have.</summary>
public static class Tracer
{
    /// <summary>
    /// Programs in the kernel; where they are refused, perf's rings, whose lives are joined with sock_diag's notices of destroyed sockets;
    /// and for lives alone those notices, which need no privilege.
    /// </summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="places">The network namespaces that matter; empty for all.</param>
    /// <param name="mayUseBpf">False to do without programs in the kernel.</param>
    /// <exception cref="TracingRefusedException">There is no way at all: the text says what each would need.</exception>
    public static TraceSource Open(TraceRequest request, IReadOnlyList<NetworkNamespace> places, bool mayUseBpf = true)
    {
        string? whyNoPrograms = null;
        if (mayUseBpf && BpfTracer.TryOpen(request, out whyNoPrograms) is { } programs)
        {
            return programs;
        }

        bool wantsLives = request.Topics.HasFlag(TraceTopics.Lives);
        if (PerfTracer.TryOpen(request, out string? whyNoRings) is { } rings)
        {
            if (whyNoPrograms is not null)
            {
                rings.Excuse(new BlindSpot("what programs in the kernel would tell", whyNoPrograms));
            }

            return wantsLives && DestroyTracer.TryOpen(request, places, out _, interval: null, mayUseBpf) is { } notices ? Joined(rings, notices) : rings;
        }

        string? whyNoNotices = null;
        if (request.Topics == TraceTopics.Lives && DestroyTracer.TryOpen(request, places, out whyNoNotices, interval: null, mayUseBpf) is { } alone)
        {
            return alone;
        }

        throw new TracingRefusedException(Refusal(request, whyNoPrograms, whyNoRings, whyNoNotices));
    }

    /// <summary>The notices bring the octets that the rings lack.</summary>
    private static JoinedLives Joined(PerfTracer rings, DestroyTracer notices) => new(
        rings,
        notices,
        MonotonicClock.Now,
        [.. rings.BlindSpots.Where(static spot => spot.What != PerfPlan.Counts), .. notices.UnheardPlaces]);

    private static string Refusal(TraceRequest request, string? whyNoPrograms, string? whyNoRings, string? whyNoNotices)
    {
        List<string> lines = ["nothing can be traced here"];
        AddReason("BPF", whyNoPrograms ?? "it was not to be used (--no-bpf)");
        AddReason("perf", whyNoRings);
        AddReason("sock_diag", whyNoNotices);
        if (request.Topics != TraceTopics.Lives)
        {
            lines.Add("try: sudo, or tcplens trace --lives, which needs no privilege");
        }

        return string.Join('\n', lines);

        void AddReason(string source, string? reason)
        {
            if (reason is not null)
            {
                lines.Add($"  {source}: {reason}");
            }
        }
    }
}

/// <summary>Nothing that was asked for can be traced here.</summary>
public sealed class TracingRefusedException : IOException
{
    public TracingRefusedException()
        : this("nothing can be traced here")
    {
    }

    public TracingRefusedException(string message)
        : base(message)
    {
    }

    public TracingRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
