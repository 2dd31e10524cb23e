namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Descriptions of tracepoints as kernels of several versions give them.</summary>
internal static class Formats
{
    private const string Common = """
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
        	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;


        """;

    /// <summary>sock:inet_sock_set_state, Linux 5.6 and later.</summary>
    public const string SetState = "name: inet_sock_set_state\nID: 2287\n" + Common + """
        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:int oldstate;	offset:16;	size:4;	signed:1;
        	field:int newstate;	offset:20;	size:4;	signed:1;
        	field:__u16 sport;	offset:24;	size:2;	signed:0;
        	field:__u16 dport;	offset:26;	size:2;	signed:0;
        	field:__u16 family;	offset:28;	size:2;	signed:0;
        	field:__u16 protocol;	offset:30;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:32;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:36;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:40;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:56;	size:16;	signed:0;

        print fmt: "family=%s protocol=%s", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" })
        """;

    /// <summary>sock:inet_sock_set_state, Linux 4.16 to 5.5: a protocol had one octet.</summary>
    public const string SetStateOf416 = "name: inet_sock_set_state\nID: 1288\n" + Common + """
        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:int oldstate;	offset:16;	size:4;	signed:1;
        	field:int newstate;	offset:20;	size:4;	signed:1;
        	field:__u16 sport;	offset:24;	size:2;	signed:0;
        	field:__u16 dport;	offset:26;	size:2;	signed:0;
        	field:__u16 family;	offset:28;	size:2;	signed:0;
        	field:__u8 protocol;	offset:30;	size:1;	signed:0;
        	field:__u8 saddr[4];	offset:31;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:35;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:39;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:55;	size:16;	signed:0;

        print fmt: "family=%s protocol=%s", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" })
        """;

    /// <summary>sock:inet_sk_error_report, Linux 5.14 and later.</summary>
    public const string ErrorReport = "name: inet_sk_error_report\nID: 2286\n" + Common + """
        	field:int error;	offset:8;	size:4;	signed:1;
        	field:__u16 sport;	offset:12;	size:2;	signed:0;
        	field:__u16 dport;	offset:14;	size:2;	signed:0;
        	field:__u16 family;	offset:16;	size:2;	signed:0;
        	field:__u16 protocol;	offset:18;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:20;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:24;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:28;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:44;	size:16;	signed:0;

        print fmt: "error=%d", REC->error
        """;

    /// <summary>tcp:tcp_send_reset before Linux 6.10: no reason, and addresses of either length.</summary>
    public const string SendResetOf61 = "name: tcp_send_reset\nID: 1390\n" + Common + """
        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:__u16 sport;	offset:28;	size:2;	signed:0;
        	field:__u16 dport;	offset:30;	size:2;	signed:0;
        	field:__u16 family;	offset:32;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:34;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:38;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:42;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:58;	size:16;	signed:0;

        print fmt: "skbaddr=%p skaddr=%p family=%s state=%s", REC->skbaddr, REC->skaddr, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" })
        """;

    /// <summary>tcp:tcp_send_reset of Linux 6.18: a reason, and both ends as struct sockaddr.</summary>
    public const string SendReset = "name: tcp_send_reset\nID: 2280\n" + Common + """
        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:enum sk_rst_reason reason;	offset:28;	size:4;	signed:0;
        	field:__u8 saddr[28];	offset:32;	size:28;	signed:0;
        	field:__u8 daddr[28];	offset:60;	size:28;	signed:0;

        print fmt: "state=%s reason=%s", REC->state ? __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }) : "UNKNOWN", __print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" }, { 3, "TCP_RFC7323_PAWS" })
        """;

    /// <summary>tcp:tcp_retransmit_skb of Linux 6.18.</summary>
    public const string Retransmit = "name: tcp_retransmit_skb\nID: 2281\n" + Common + """
        	field:const void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:const void * skaddr;	offset:16;	size:8;	signed:0;
        	field:int state;	offset:24;	size:4;	signed:1;
        	field:__u16 sport;	offset:28;	size:2;	signed:0;
        	field:__u16 dport;	offset:30;	size:2;	signed:0;
        	field:__u16 family;	offset:32;	size:2;	signed:0;
        	field:__u8 saddr[4];	offset:34;	size:4;	signed:0;
        	field:__u8 daddr[4];	offset:38;	size:4;	signed:0;
        	field:__u8 saddr_v6[16];	offset:42;	size:16;	signed:0;
        	field:__u8 daddr_v6[16];	offset:58;	size:16;	signed:0;
        	field:int err;	offset:76;	size:4;	signed:1;

        print fmt: "skaddr=%p", REC->skaddr
        """;

    /// <summary>skb:kfree_skb of Linux 6.11 and later, of whose reasons only some stand here.</summary>
    public const string FreeSkb = "name: kfree_skb\nID: 2310\n" + Common + """
        	field:void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:void * location;	offset:16;	size:8;	signed:0;
        	field:void * rx_sk;	offset:24;	size:8;	signed:0;
        	field:unsigned short protocol;	offset:32;	size:2;	signed:0;
        	field:enum skb_drop_reason reason;	offset:36;	size:4;	signed:0;

        print fmt: "skbaddr=%p reason: %s", REC->skbaddr, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, { 5, "TCP_CSUM" })
        """;

    /// <summary>skb:kfree_skb before Linux 5.17: no reason.</summary>
    public const string FreeSkbOf510 = "name: kfree_skb\nID: 1402\n" + Common + """
        	field:void * skbaddr;	offset:8;	size:8;	signed:0;
        	field:void * location;	offset:16;	size:8;	signed:0;
        	field:unsigned short protocol;	offset:24;	size:2;	signed:0;

        print fmt: "skbaddr=%p protocol=%u location=%p", REC->skbaddr, REC->protocol, REC->location
        """;

    public static TracepointFormat Parse(string text) => TracepointFormat.Parse(System.Text.Encoding.UTF8.GetBytes(text))!;
}
