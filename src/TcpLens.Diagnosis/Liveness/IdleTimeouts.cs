namespace TcpLens.Diagnosis;

/// <summary>After how much silence boxes on the path forget a connection, without telling either end.</summary>
public static class IdleTimeouts
{
    /// <summary>
    /// AWS Network Load Balancer, as it comes (60 to 6000 s can be set):
    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html
    /// </summary>
    public static readonly TimeSpan AwsNetworkLoadBalancer = TimeSpan.FromSeconds(350);
}
