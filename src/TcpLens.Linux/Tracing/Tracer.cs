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
        string? whyNot = "it was not to be used (--no-bpf)";
        if (mayUseBpf && BpfTracer.TryOpen(request, out whyNot) is { } programs)
        {
            return programs;
        }

        throw new TracingRefusedException($"state changes cannot be followed: BPF: {whyNot}");
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
