using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>What one connection sent between the samples, and how long it was held up by what.</summary>
internal readonly record struct FlowProgress
{
    /// <summary>Octets that the peer acknowledged.</summary>
    public ulong AckedBytes { get; private init; }

    public ulong SentBytes { get; private init; }

    public ulong RetransmittedBytes { get; private init; }

    /// <summary>With data to send or unacknowledged (tcp_info busy_time).</summary>
    public ulong BusyMicroseconds { get; private init; }

    public ulong ReceiveWindowLimitedMicroseconds { get; private init; }

    public ulong SendBufferLimitedMicroseconds { get; private init; }

    /// <summary>False when the first sample has no tcp_info of the connection, or the kernel is too old for these numbers (before 4.19).</summary>
    public static bool TryMeasure(CaseFile facts, in SocketRecord socket, out FlowProgress progress)
    {
        progress = default;
        bool wasThere = facts.TryEarlier(in socket, out SocketRecord earlier);
        if (!facts.HasTwoSamples || socket.Vitals is not { BytesAcked: not null, BusyMicroseconds: not null, BytesSent: not null } now || (wasThere && earlier.Vitals is null))
        {
            return false;
        }

        TcpVitals then = earlier.Vitals ?? default;   // All zero for a connection that began meanwhile.
        progress = new FlowProgress
        {
            AckedBytes = Increase(now.BytesAcked, then.BytesAcked),
            SentBytes = Increase(now.BytesSent, then.BytesSent),
            RetransmittedBytes = Increase(now.BytesRetransmitted, then.BytesRetransmitted),
            BusyMicroseconds = Increase(now.BusyMicroseconds, then.BusyMicroseconds),
            ReceiveWindowLimitedMicroseconds = Increase(now.ReceiveWindowLimitedMicroseconds, then.ReceiveWindowLimitedMicroseconds),
            SendBufferLimitedMicroseconds = Increase(now.SendBufferLimitedMicroseconds, then.SendBufferLimitedMicroseconds),
        };
        return true;
    }

    private static ulong Increase(ulong? now, ulong? then) => now > (then ?? 0) ? now.Value - (then ?? 0) : 0;
}
