namespace TcpLens.Lab;

/// <summary>Constants of socket calls by their names. Numbers are Linux's; names that only FreeBSD has take numbers that Linux does not use.</summary>
internal static class PosixNames
{
    public const int NonBlocking = 0x800;
    public const int Peek = 0x2;
    public const int DontWait = 0x40;
    public const int WaitAll = 0x100;
    public const int OutOfBand = 0x1;
    public const int More = 0x8000;

    private static readonly Dictionary<string, long> Values = NameTable.Read("""
        NULL 0
        AF_INET 2  AF_INET6 10  PF_INET 2  PF_INET6 10
        SOCK_STREAM 1  SOCK_DGRAM 2  SOCK_NONBLOCK 0x800  SOCK_CLOEXEC 0x80000
        IPPROTO_IP 0  SOL_IP 0  IPPROTO_TCP 6  SOL_TCP 6  IPPROTO_UDP 17  IPPROTO_IPV6 41  SOL_IPV6 41
        SOL_SOCKET 1
        O_RDONLY 0  O_WRONLY 1  O_RDWR 2  O_NONBLOCK 0x800  F_GETFL 3  F_SETFL 4
        SHUT_RD 0  SHUT_WR 1  SHUT_RDWR 2
        MSG_OOB 0x1  MSG_PEEK 0x2  MSG_DONTROUTE 4  MSG_DONTWAIT 0x40  MSG_EOR 0x80  MSG_WAITALL 0x100
        MSG_TRUNC 0x20  MSG_CTRUNC 8  MSG_ERRQUEUE 0x2000  MSG_NOSIGNAL 0x4000  MSG_MORE 0x8000
        MSG_ZEROCOPY 0x4000000  MSG_FASTOPEN 0x20000000
        POLLIN 1  POLLPRI 2  POLLOUT 4  POLLERR 8  POLLHUP 16  POLLNVAL 32  POLLRDNORM 64
        POLLWRNORM 256  POLLRDHUP 0x2000
        EPOLLIN 1  EPOLLPRI 2  EPOLLOUT 4  EPOLLERR 8  EPOLLHUP 16  EPOLLRDNORM 64  EPOLLWRNORM 256
        EPOLLRDHUP 0x2000  EPOLLONESHOT 0x40000000  EPOLLET 0x80000000
        EPOLL_CTL_ADD 1  EPOLL_CTL_DEL 2  EPOLL_CTL_MOD 3
        FIONREAD 0x541b  SIOCINQ 0x541b  SIOCOUTQ 0x5411  TIOCOUTQ 0x5411  SIOCOUTQNSD 0x894b
        SO_DEBUG 1  SO_REUSEADDR 2  SO_TYPE 3  SO_ERROR 4  SO_SNDBUF 7  SO_RCVBUF 8  SO_KEEPALIVE 9
        SO_OOBINLINE 10  SO_PRIORITY 12  SO_LINGER 13  SO_REUSEPORT 15  SO_RCVLOWAT 18  SO_SNDLOWAT 19
        SO_RCVTIMEO 20  SO_SNDTIMEO 21  SO_SNDBUFFORCE 32  SO_RCVBUFFORCE 33  SO_MARK 36  SO_BUSY_POLL 46
        TCP_NODELAY 1  TCP_MAXSEG 2  TCP_CORK 3  TCP_NOPUSH 3  TCP_KEEPIDLE 4  TCP_KEEPINTVL 5  TCP_KEEPCNT 6
        TCP_SYNCNT 7  TCP_LINGER2 8  TCP_WINDOW_CLAMP 10  TCP_INFO 11  TCP_QUICKACK 12  TCP_CONGESTION 13
        TCP_USER_TIMEOUT 18  TCP_INQ 36  TCP_CM_INQ 36  TCP_KEEPINIT 1001  TCP_NOOPT 1002
        IP_TOS 1  IP_TTL 2  IP_MTU_DISCOVER 10  IP_RECVERR 11  IP_MTU 14  IP_FREEBIND 15
        IP_PMTUDISC_DONT 0  IP_PMTUDISC_WANT 1  IP_PMTUDISC_DO 2  IP_PMTUDISC_PROBE 3
        IPV6_UNICAST_HOPS 16  IPV6_MTU_DISCOVER 23  IPV6_RECVERR 25  IPV6_V6ONLY 26  IPV6_TCLASS 67
        IPTOS_LOWDELAY 0x10  IPTOS_THROUGHPUT 0x08  IPTOS_RELIABILITY 0x04  IPTOS_MINCOST 0x02
        IPTOS_ECN_NOTECT 0  IPTOS_ECN_ECT1 1  IPTOS_ECN_ECT0 2  IPTOS_ECN_CE 3  IPTOS_DSCP_EF 0xb8
        """);

    private static readonly Dictionary<string, long> Errors = NameTable.Read("""
        EPERM 1  EINTR 4  EBADF 9  EAGAIN 11  EWOULDBLOCK 11  EACCES 13  EFAULT 14  EINVAL 22
        EPIPE 32  ENOTSOCK 88  EMSGSIZE 90  ENOPROTOOPT 92  EPROTONOSUPPORT 93  EOPNOTSUPP 95  ENOTSUP 95
        EAFNOSUPPORT 97  EADDRINUSE 98  EADDRNOTAVAIL 99  ENETDOWN 100  ENETUNREACH 101  ECONNABORTED 103
        ECONNRESET 104  ENOBUFS 105  EISCONN 106  ENOTCONN 107  ETIMEDOUT 110  ECONNREFUSED 111
        EHOSTUNREACH 113  EALREADY 114  EINPROGRESS 115
        """);

    public static long? ValueOf(string name)
        => Values.TryGetValue(name, out long value) ? value
            : Errors.TryGetValue(name, out long error) ? error
            : name.StartsWith("IPTOS_DSCP_", StringComparison.Ordinal) ? DiffServ(name["IPTOS_DSCP_".Length..])
            : null;

    public static int? ErrorOf(string name) => Errors.TryGetValue(name, out long error) ? (int)error : null;

    /// <summary>ECONNRESET for 104; the number where no name is known.</summary>
    public static string ErrorName(int error)
    {
        foreach ((string name, long value) in Errors)
        {
            if (value == error)
            {
                return name;
            }
        }

        return $"errno {error}";
    }

    /// <summary>CS0 to CS7 (RFC 2474), AF11 to AF43 (RFC 2597), as the octet of the header.</summary>
    private static long? DiffServ(string name) => name switch
    {
        ['C', 'S', >= '0' and <= '7' and var precedence] => (precedence - '0') << 5,
        ['A', 'F', >= '1' and <= '4' and var group, >= '1' and <= '3' and var drop] => ((group - '0') << 5) | ((drop - '0') << 3),
        _ => null,
    };
}
