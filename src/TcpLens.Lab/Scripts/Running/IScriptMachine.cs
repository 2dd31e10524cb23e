using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>What a script is run against: our stack in virtual time, or the kernel.</summary>
internal interface IScriptMachine : IShellGround, IDisposable
{
    Instant Now { get; }

    /// <summary>How late things may be at least, whatever the script says: the grain of the machine's timers and its other work.</summary>
    TimeSpan Lateness { get; }

    /// <summary>Segments that it sent and nobody looked at yet.</summary>
    PacketQueue Sent { get; }

    /// <summary>A packet arrives from the network.</summary>
    /// <param name="packet">From the first octet of the IP header.</param>
    /// <param name="segmentSize">0, or the payload of each segment that it stands for.</param>
    void Inject(ReadOnlySpan<byte> packet, ushort segmentSize);

    void WaitUntil(Instant time);

    /// <summary>True when there is something in <see cref="Sent"/>, at latest at that time.</summary>
    bool WaitForPacket(Instant until);

    /// <summary>Makes a socket call; it may go on afterwards.</summary>
    PendingCall Begin(CallStatement call);

    /// <summary>True when the call is done, at latest at that time.</summary>
    bool WaitForCall(PendingCall call, Instant until);

    /// <summary>A field of the newest connection's TCP_INFO; null for one that is not known.</summary>
    double? TcpInfo(string field);
}
