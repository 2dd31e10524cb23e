namespace TcpLens.Diagnosis;

/// <summary>How long Linux goes on trying: sums of timeouts that double (RFC 6298 §5.5) up to a limit.</summary>
public static class RetryTimes
{
    private const long MaxRetries = 255;

    /// <summary>The timeouts one after the other: <paramref name="linear"/> equal ones, then <paramref name="retries"/> + 1 that double.</summary>
    /// <param name="first">First timeout; more than zero.</param>
    /// <param name="retries">Retransmissions; taken into the sysctls' range, 0 to 255.</param>
    /// <param name="limit">No single timeout is longer (tcp_rto_max_ms).</param>
    /// <param name="linear">Extra retransmissions before the doubling begins (tcp_syn_linear_timeouts), same range.</param>
    public static IEnumerable<TimeSpan> Steps(TimeSpan first, long retries, TimeSpan limit, long linear = 0)
    {
        for (long i = 0; i < Math.Min(linear, MaxRetries); i++)
        {
            yield return first;
        }

        TimeSpan step = first;
        for (long i = 0; i <= Math.Clamp(retries, 0, MaxRetries); i++)
        {
            step = step < limit ? step : limit;
            yield return step;
            step *= 2;
        }
    }
}
