using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Established connections of nginx to 10.0.9.N:443 in one trouble or another, for an <see cref="ExaminationBuilder"/>.</summary>
internal static class MadeVitals
{
    public static SocketRecord Connection(int number = 0, string host = "10.0.9.1", ProcessRef? process = null)
        => Made.Socket(TcpState.Established, $"10.0.0.1:{40000 + number}", $"{host}:443", process ?? Made.Nginx).WithVitals();

    public static SocketRecord WithVitals(this SocketRecord socket) => socket with { Vitals = new TcpVitals { SendMssBytes = 1448, PathMtuBytes = 1500 } };

    public static SocketRecord With(this SocketRecord socket, Func<TcpVitals, TcpVitals> change) => socket with { Vitals = change(socket.Vitals!.Value) };

    public static SocketRecord Idle(this SocketRecord socket, double seconds)
        => socket.With(vitals => vitals with
        {
            LastDataSentMilliseconds = (uint)(seconds * 1000),
            LastDataReceivedMilliseconds = (uint)(seconds * 1000),
            LastAckReceivedMilliseconds = (uint)(seconds * 1000),
        });

    /// <summary>Segments of one size without an acknowledgment, the timeout (200 ms at first) doubled so often and just begun anew.</summary>
    public static SocketRecord Unanswered(this SocketRecord socket, byte backoff, uint segments = 1, uint octets = 300, double heardSecondsAgo = 1000)
    {
        uint timeout = 200u << backoff;
        SocketRecord waiting = socket with
        {
            Entry = socket.Entry with { Timer = SocketTimer.Retransmit, TimerMilliseconds = timeout, SendQueue = segments * octets },
        };
        return waiting.With(vitals => vitals with
        {
            Backoff = backoff,
            Retransmits = backoff,
            UnackedSegments = segments,
            NotSentBytes = 0,
            RetransmissionTimeoutMicroseconds = timeout * 1000,
            LastDataSentMilliseconds = 0,
            LastAckReceivedMilliseconds = (uint)(heardSecondsAgo * 1000),
            BytesAcked = 300,
            DataSegmentsSent = 1 + segments + backoff,
            TotalRetransmittedSegments = backoff,
        });
    }

    public static SocketRecord WindowClosed(this SocketRecord socket, double seconds, byte probes = 0, double heardSecondsAgo = 0.5)
    {
        SocketRecord waiting = socket with { Entry = socket.Entry with { Timer = SocketTimer.ZeroWindowProbe, SendQueue = 50_000 } };
        return waiting.With(vitals => vitals with
        {
            Probes = probes,
            NotSentBytes = 50_000,
            SendWindowBytes = 0,
            LastDataSentMilliseconds = (uint)(seconds * 1000),
            LastAckReceivedMilliseconds = (uint)(heardSecondsAgo * 1000),
        });
    }

    /// <summary>The conditions with findings of at least a notice, worst first.</summary>
    public static string Conditions(this ExaminationBuilder machine)
        => string.Join(' ', DoctorReport.Flatten(Doctor.Examine(machine.Build(), DoctorOptions.Default).Findings)
            .Where(static finding => finding.Severity >= Severity.Notice).Select(static finding => finding.Condition.Id).Order(StringComparer.Ordinal));
}
