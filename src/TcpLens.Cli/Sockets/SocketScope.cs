using System.CommandLine;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Sockets beyond the ordinary ones, which come only when asked for.</summary>
internal readonly record struct SocketScope(Transport Transport, bool IncludeBound);

/// <summary>--mptcp and --bound.</summary>
internal sealed class ScopeOptions
{
    private Option<bool> Mptcp { get; } = new("--mptcp") { Description = "MPTCP sockets instead of TCP ones" };

    private Option<bool> Bound { get; } = new("--bound") { Description = "also sockets that are bound and do nothing (Linux 6.8)" };

    public void AddTo(Command command)
    {
        command.Add(Mptcp);
        command.Add(Bound);
    }

    public SocketScope Of(ParseResult result)
        => new(result.GetValue(Mptcp) ? Transport.Mptcp : Transport.Tcp, result.GetValue(Bound));
}
