namespace TcpLens.Observation;

/// <summary>
/// What a socket's own options say about noticing a dead peer (socket(7), tcp(7)). Times are in force only while
/// <paramref name="IsOn"/>, but the user timeout always is.
/// </summary>
/// <param name="IsOn">SO_KEEPALIVE.</param>
/// <param name="IdleSeconds">TCP_KEEPIDLE: silence before the first probe.</param>
/// <param name="IntervalSeconds">TCP_KEEPINTVL: from one probe to the next.</param>
/// <param name="Probes">TCP_KEEPCNT: unanswered probes that end the connection.</param>
/// <param name="UserTimeoutMilliseconds">TCP_USER_TIMEOUT (RFC 5482); 0 for none. It takes the place of the count of probes.</param>
public readonly record struct KeepAliveOptions(bool IsOn, int IdleSeconds, int IntervalSeconds, int Probes, int UserTimeoutMilliseconds);
