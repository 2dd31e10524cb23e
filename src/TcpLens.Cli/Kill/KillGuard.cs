using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What is spared unless it was named: listeners, whose end stops a service, and the session we run in.</summary>
internal sealed class KillGuard(OwnSession? own, bool includeListeners)
{
    /// <summary>Why the socket must stay; null when it may go.</summary>
    public string? WhyNot(in SocketEntry entry)
    {
        if (entry.State == TcpState.Listen && !includeListeners)
        {
            return "a listener, whose end stops a service; to close it say: state listen … --include-listeners";
        }

        return own?.Holds(in entry) == true ? "it carries the session you are in, or belongs to it; --include-own closes it too" : null;
    }
}
