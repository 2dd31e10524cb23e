using TcpLens.Linux.Interop;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Listeners whose port the kernel chose, as after bind() to port 0. No attribute tells it, but a filter of the kernel does
/// (linux/inet_diag.h, INET_DIAG_BC_AUTO): it asks whether bind() named the port.
/// </summary>
internal static class GivenPorts
{
    /// <summary>struct inet_diag_bc_op: code 6, forward to the end when it is so, beyond it when not.</summary>
    private static readonly byte[] PortWasGiven = [6, 4, 8, 0];

    /// <summary>Cookies of these listeners; null when the kernel does not know the question.</summary>
    public static HashSet<ulong>? Of(LiveMachine machine, NetworkNamespace place)
    {
        HashSet<ulong> given = [];
        try
        {
            using SocketWalk walk = machine.WalkPlace(place, new SocketQuery { States = StateSet.Of(TcpState.Listen), Bytecode = PortWasGiven }, tellsLittle: false);
            while (walk.Read(out SocketEntry entry))
            {
                given.Add(entry.Cookie);
            }

            return given;
        }
        catch (SystemCallException refused) when (refused.Errno == Libc.EINVAL)
        {
            return null;
        }
    }
}
