using TcpLens.Cli.Explain;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>What the table means, in sentences: what the defaults do, what they do not, and what boxes on the path do meanwhile.</summary>
internal static class KeepAliveJudgement
{
    public static IEnumerable<string> Of(KeepAliveSurvey survey, KeepAliveDefaults defaults)
    {
        yield return "Defaults here: a socket with SO_KEEPALIVE and no times of its own notices a dead peer after "
            + $"{Durations.Text(defaults.KeepAlive.Duration)} = {Sum(defaults)}.";
        yield return "A socket without it never does while it is idle; once it sends, after at least "
            + $"{Durations.Text(defaults.Retransmission.Duration)} (tcp_retries2), or its TCP_USER_TIMEOUT.";
        int off = survey.Count(KeepAliveState.Off);
        if (off > 0)
        {
            yield return $"{off:N0} of {survey.Rows.Count:N0} connections have none. No sysctl switches it on: the program must (docs/keepalive.md).";
        }

        TimeSpan patience = IdleTimeouts.AwsNetworkLoadBalancer;
        int late = survey.Rows.Count(row => !row.Entry.Remote.Address.IsLoopback && row.Reading.FirstProbeAfter > patience);
        if (late > 0)
        {
            yield return $"Connections to other hosts whose first probe comes after more than {patience.TotalSeconds:0} s of silence: {late:N0}. "
                + "An AWS Network Load Balancer, as it comes, has forgotten them by then.";
        }

        if (survey.Inferred.Count > 0)
        {
            yield return $"Asked {survey.Asked:N0} sockets for their options. Inferred from timers: {string.Join("; ", survey.Inferred)}.";
        }
    }

    private static string Sum(KeepAliveDefaults defaults)
        => $"{defaults.Setting("net.ipv4.tcp_keepalive_time")} + {defaults.Setting("net.ipv4.tcp_keepalive_probes")} x {defaults.Setting("net.ipv4.tcp_keepalive_intvl")} s";
}
