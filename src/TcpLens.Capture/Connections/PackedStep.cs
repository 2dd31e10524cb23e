using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// One step in 64 bits: state 4, end 1, certainty 2, cause 3, and the nanoseconds since the connection's first segment, negative where the capture's time
/// went backwards. 54 bits of them are 104 days either way; what is beyond stays at the limit.
/// </summary>
internal readonly record struct PackedStep(ulong Bits)
{
    private const int EndShift = 4;
    private const int CertaintyShift = 5;
    private const int CauseShift = 7;
    private const int TimeShift = 10;
    private const long MostTime = (1L << (63 - TimeShift)) - 1;

    public PackedStep(ConnectionEnd end, EndState state, StepCause cause, long at)
        : this((ulong)(Math.Clamp(at, -MostTime, MostTime) << TimeShift)
            | ((ulong)cause << CauseShift) | ((ulong)state.Certainty << CertaintyShift) | ((ulong)end << EndShift) | (ulong)state.State)
    {
    }

    public EndState State => new((TcpState)(Bits & 15), (Certainty)((Bits >> CertaintyShift) & 3));

    public ConnectionEnd End => (ConnectionEnd)((Bits >> EndShift) & 1);

    public StepCause Cause => (StepCause)((Bits >> CauseShift) & 7);

    public long At => (long)Bits >> TimeShift;

    public PackedStep Proven => new((Bits & ~(3UL << CertaintyShift)) | ((ulong)Certainty.Seen << CertaintyShift));
}
