using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A packet filter that libpcap does not understand: its reason, and what was probably meant.</summary>
internal static class FilterAdvice
{
    private static readonly string[] PacketWords =
    [
        "tcp", "udp", "icmp", "icmp6", "ip", "ip6", "arp", "host", "net", "port", "portrange", "src", "dst", "and", "or", "not", "ether",
        "vlan", "mpls", "proto", "less", "greater", "broadcast", "multicast", "tcpflags", "inbound", "outbound",
    ];

    /// <summary>Words of the other language of filters, whose answers are not in packets.</summary>
    private static readonly string[] SocketWords = ["state", "process", "pid", "user", "container", "retrans", "rtt", "established", "close-wait", "time-wait"];

    public static UsageException Of(FilterSyntaxException failure)
        => new($"the filter \"{failure.Filter}\": {failure.Reason}\n{Hint(failure.Filter)}");

    private static string Hint(string filter)
    {
        string[] words = filter.Split([' ', '(', ')', '[', ']', '=', '!', '<', '>', '&', '|', ':', '/'], StringSplitOptions.RemoveEmptyEntries);
        if (Array.Exists(words, static word => word is "sport" or "dport"))
        {
            string[] meant = Array.ConvertAll(words, static word => word switch { "sport" => "src port", "dport" => "dst port", _ => word });
            return $"try: {string.Join(' ', meant)} (sport and dport are words of list and trace; packets are filtered in tcpdump's language)";
        }

        if (Array.Find(words, static word => Array.IndexOf(SocketWords, word) >= 0) is { } foreign)
        {
            return $"no packet tells \"{foreign}\": that is of sockets, which tcplens list and trace filter by; packets have tcp, host, net, port, portrange, tcp[tcpflags]";
        }

        string? wrong = Array.Find(words, static word => word.Length > 2 && Array.IndexOf(PacketWords, word) < 0 && Spelling.Nearest(word, PacketWords) is not null);
        return wrong is not null
            ? $"did you mean {Spelling.Nearest(wrong, PacketWords)} for {wrong}? (man pcap-filter)"
            : "try: tcp port 443 and host 10.0.0.7, or 'tcp[tcpflags] & (tcp-syn|tcp-rst) != 0' (man pcap-filter); quote what the shell would take";
    }
}
