// The options of a puppet's sockets, and what the kernel knows about them.
#define _GNU_SOURCE
#include "puppet.h"
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    int level, option;
} options[] = {
    {"rcvbuf", SOL_SOCKET, SO_RCVBUF},
    {"sndbuf", SOL_SOCKET, SO_SNDBUF},
    {"keepalive", SOL_SOCKET, SO_KEEPALIVE},
    {"keepidle", IPPROTO_TCP, TCP_KEEPIDLE},
    {"keepintvl", IPPROTO_TCP, TCP_KEEPINTVL},
    {"keepcnt", IPPROTO_TCP, TCP_KEEPCNT},
    {"usertimeout", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"deferaccept", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"notsentlowat", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
    {"nodelay", IPPROTO_TCP, TCP_NODELAY},
    {"quickack", IPPROTO_TCP, TCP_QUICKACK},
    {"maxseg", IPPROTO_TCP, TCP_MAXSEG},
    {"syncnt", IPPROTO_TCP, TCP_SYNCNT},
    {"linger2", IPPROTO_TCP, TCP_LINGER2},
    {"windowclamp", IPPROTO_TCP, TCP_WINDOW_CLAMP},
    {"bindaddressnoport", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT},
};

static long set_option(struct named_socket *socket, char **words) {
    int value = atoi(words[1]);
    if (strcmp(words[0], "congestion") == 0)
        return setsockopt(socket->fd, IPPROTO_TCP, TCP_CONGESTION, words[1], strlen(words[1])) ? -1 : 1;
    if (strcmp(words[0], "linger") == 0) {
        struct linger linger = {.l_onoff = value >= 0, .l_linger = value};
        return setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) ? -1 : 1;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(words[0], options[i].name) == 0)
            return setsockopt(socket->fd, options[i].level, options[i].option, &value, sizeof value) ? -1 : 1;
    return wrong("no such option", words[0]);
}

static int say_state(char **words) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    struct named_socket *socket = known(words[0]);
    if (!socket || getsockopt(socket->fd, IPPROTO_TCP, TCP_INFO, &info, &length))
        return -1;
    return say("%u", info.tcpi_state);
}

static int say_pending_error(char **words) {
    int error;
    socklen_t length = sizeof error;
    struct named_socket *socket = known(words[0]);
    if (!socket || getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &length))
        return -1;
    return say("%s", error ? strerrorname_np(error) : "none");
}

static int say_inode(char **words) {
    struct stat status;
    struct named_socket *socket = known(words[0]);
    return socket && fstat(socket->fd, &status) == 0 ? say("%lu", status.st_ino) : -1;
}

static int say_local(char **words) {
    struct named_socket *socket = known(words[0]);
    return socket ? say_end(socket->fd, getsockname) : -1;
}

static int say_remote(char **words) {
    struct named_socket *socket = known(words[0]);
    return socket ? say_end(socket->fd, getpeername) : -1;
}

static int queue_sequence(int fd, int queue, unsigned *sequence) {
    socklen_t length = sizeof *sequence;
    return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue) ||
        getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, sequence, &length);
}

// Only repair mode shows sequence numbers. Left with -1, it sends no window probe (TCP_REPAIR_OFF_NO_WP).
static int say_sequence(char **words) {
    int on = 1, off = -1;
    unsigned send_next = 0, receive_next = 0;
    struct named_socket *socket = known(words[0]);
    if (!socket || setsockopt(socket->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on))
        return -1;
    int failed = queue_sequence(socket->fd, TCP_SEND_QUEUE, &send_next) || queue_sequence(socket->fd, TCP_RECV_QUEUE, &receive_next);
    if (setsockopt(socket->fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off) || failed)
        return -1;
    return say("%u %u", send_next, receive_next);
}

static int say_timestamp(char **words) {
    unsigned value;
    socklen_t length = sizeof value;
    struct named_socket *socket = known(words[0]);
    if (!socket || getsockopt(socket->fd, IPPROTO_TCP, TCP_TIMESTAMP, &value, &length))
        return -1;
    return say("%u", value);
}

const struct command look_commands[] = {
    {"option", "NAME OPTION VALUE", 3, .act = set_option},
    {"state", "NAME", 1, say_state},
    {"pending-error", "NAME", 1, say_pending_error},
    {"inode", "NAME", 1, say_inode},
    {"local", "NAME", 1, say_local},
    {"remote", "NAME", 1, say_remote},
    {"sequence", "NAME", 1, say_sequence},
    {"timestamp", "NAME", 1, say_timestamp},
    {0},
};
