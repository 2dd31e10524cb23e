namespace TcpLens.Diagnosis;

/// <summary>How to notice a dead peer in time: said alike by every condition about it.</summary>
internal static class LivenessAdvice
{
    public static readonly Remedy Heartbeat = new(
        RemedyKind.Application, "heartbeats with a deadline, answered by the other side and checked on both", "a few octets a minute for each connection");

    public static readonly Remedy KeepAlive = new(
        RemedyKind.Application,
        "SO_KEEPALIVE with TCP_KEEPIDLE 60, TCP_KEEPINTVL 10, TCP_KEEPCNT 6: a dead peer is noticed after two minutes",
        "mobile clients that are out of reach for minutes are cut off");

    public static readonly Remedy Deadline = new(
        RemedyKind.Application, "a deadline for every request; the connection is thrown away when it passes", "slow answers are given up: choose it above the slowest honest one");

    public static readonly Remedy UserTimeout = new(
        RemedyKind.Application,
        "TCP_USER_TIMEOUT of 20 to 60 s on the socket (at least TCP_KEEPIDLE + TCP_KEEPINTVL × TCP_KEEPCNT)",
        "outages shorter than that are survived, longer ones end the connection");

    public static readonly Myth SettingAlone = new(
        "setting only net.ipv4.tcp_keepalive_time",
        "it is a default for sockets that asked for keep-alive with SO_KEEPALIVE; it switches nothing on");

    public static readonly Myth KeepAliveWithDataUnderWay = new(
        "keep-alive alone",
        "it does not run while data waits for its acknowledgment; then only the retransmissions or TCP_USER_TIMEOUT end the connection");
}
