namespace TcpLens.Observation.Tests.Machine;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData("net.ipv4.tcp_rmem", "4096 131072 6291456", "4096\t131072\t6291456\n", true)]
    [InlineData("net.ipv4.tcp_rmem", "4096 131072 6291456", "4096 131072 6291457", false)]
    [InlineData("net.ipv4.tcp_fin_timeout", "060", "60", false)]
    [InlineData("net.ipv4.tcp_fin_timeout", null, "60", false)]
    [InlineData("net.ipv4.tcp_fin_timeout", null, null, false)]
    [InlineData("net.ipv4.ip_local_reserved_ports", "8081,8080", "8080-8081", true)]
    [InlineData("net.ipv4.ip_local_reserved_ports", "8080", "8080-8081", false)]
    [InlineData("net.ipv4.ip_local_reserved_ports", "", "\n", true)]
    [InlineData("net.ipv4.ip_local_reserved_ports", "nonsense", "8080", false)]
    [InlineData("net.ipv4.tcp_allowed_congestion_control", "cubic reno", "reno cubic", true)]
    [InlineData("net.ipv4.tcp_congestion_control", "cubic", "reno", false)]
    public void Two_values_are_the_same_when_the_kernel_takes_them_for_that(string key, string? left, string? right, bool same)
    {
        Assert.Equal(same, SettingText.Same(key, left, right));
        Assert.Equal(same, SettingText.Same(key, right, left));
    }

    [Theory]
    [InlineData("net.ipv4.tcp_sack", "net.ipv4.tcp_sack")]
    [InlineData(" net/ipv4/tcp_sack ", "net.ipv4.tcp_sack")]
    [InlineData("/proc/sys/net/ipv4/tcp_sack", "net.ipv4.tcp_sack")]
    [InlineData("net/ipv4/conf/eth0.1/rp_filter", "net.ipv4.conf.eth0/1.rp_filter")]
    [InlineData("net.ipv4.conf.eth0/1.rp_filter", "net.ipv4.conf.eth0/1.rp_filter")]
    [InlineData("tcp_sack", "tcp_sack")]
    [InlineData("", "")]
    public void Every_spelling_of_a_name_is_one_dotted_name(string text, string dotted) => Assert.Equal(dotted, SettingName.Dotted(text));
}
