// What flows through the sockets of a puppet, and how they end.
#include "puppet.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static long send_octets(struct named_socket *socket, char **words) {
    long wanted = atol(words[0]), sent = 0;
    while (sent < wanted) {
        size_t piece = wanted - sent < (long)sizeof octets ? wanted - sent : (long)sizeof octets;
        ssize_t length = send(socket->fd, octets, piece, MSG_NOSIGNAL);
        if (length < 0)
            return sent > 0 ? sent : -1;
        sent += length;
    }
    return sent;
}

static long send_until_full(struct named_socket *socket, char **words) {
    long sent = 0;
    for (ssize_t length; (length = send(socket->fd, octets, sizeof octets, MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0;)
        sent += length;
    return errno == EAGAIN ? sent : -1;
}

// Once, or "all": until that much has come, or the end. "now": without waiting.
static long receive_octets(struct named_socket *socket, char **words) {
    bool all = words[1] && strcmp(words[1], "all") == 0, now = words[1] && strcmp(words[1], "now") == 0;
    long wanted = atol(words[0]), received = 0;
    do {
        size_t piece = wanted - received < (long)sizeof octets ? wanted - received : (long)sizeof octets;
        ssize_t length = recv(socket->fd, octets, piece, now ? MSG_DONTWAIT : 0);
        if (length < 0)
            return received > 0 ? received : -1;
        if (length == 0)
            break;
        received += length;
    } while (all && received < wanted);
    return received;
}

// --- endings; each answers the number of sockets it ended ---

static long shut(struct named_socket *socket, char **words) {
    int how = strcmp(words[0], "read") == 0 ? SHUT_RD : strcmp(words[0], "write") == 0 ? SHUT_WR : SHUT_RDWR;
    return shutdown(socket->fd, how) ? -1 : 1;
}

static long close_socket(struct named_socket *socket, char **words) { return let_go(socket) ? -1 : 1; }

static long reset_socket(struct named_socket *socket, char **words) {
    struct linger at_once = {.l_onoff = 1};
    if (setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once))
        return -1;
    return close_socket(socket, words);
}

// In repair mode nothing is sent at the end: to the peer it is as if the machine had lost power.
static long vanish(struct named_socket *socket, char **words) {
    int on = 1;
    if (setsockopt(socket->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on))
        return -1;
    return close_socket(socket, words);
}

const struct command octet_commands[] = {
    {"send", "NAME BYTES", 2, .act = send_octets},
    {"send-until-full", "NAME", 1, .act = send_until_full},
    {"receive", "NAME BYTES [all|now]", 2, .act = receive_octets},
    {"shutdown", "NAME read|write|both", 2, .act = shut},
    {"close", "NAME", 1, .act = close_socket},
    {"reset", "NAME", 1, .act = reset_socket},
    {"vanish", "NAME", 1, .act = vanish},
    {0},
};
