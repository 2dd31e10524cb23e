// How the sockets of a puppet come to be: bind, listen, accept, connect.
#define _GNU_SOURCE
#include "puppet.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int switch_on(int fd, const char *word) {
    int on = 1;
    if (strcmp(word, "reuseaddr") == 0)
        return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (strcmp(word, "reuseport") == 0)
        return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (strcmp(word, "v6only") == 0)
        return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return wrong("no such switch", word);
}

static int make_socket(char **words) {
    bool is_new;
    return take(words[0], strcmp(words[1], "6") == 0 ? AF_INET6 : AF_INET, &is_new) ? 0 : -1;
}

static struct named_socket *bound(char **words, char **switches, bool *is_new) {
    struct address at;
    struct named_socket *made = parse(words[1], words[2], &at) ? NULL : take(words[0], at.socket.ss_family, is_new);
    if (!made)
        return NULL;
    bool is_bound = true;
    for (; *switches && is_bound; switches++)
        is_bound = switch_on(made->fd, *switches) == 0;
    if (is_bound && bind(made->fd, (void *)&at.socket, at.length) == 0)
        return made;
    undo(made, *is_new);
    return NULL;
}

static int make_bound(char **words) {
    bool is_new;
    struct named_socket *made = bound(words, words + 3, &is_new);
    return made ? say_end(made->fd, getsockname) : -1;
}

static int make_listener(char **words) {
    bool is_new;
    struct named_socket *made = bound(words, words + 4, &is_new);
    if (!made)
        return -1;
    return listen(made->fd, atoi(words[3])) ? undo(made, is_new) : say_end(made->fd, getsockname);
}

static int listen_again(char **words) {
    struct named_socket *listener = known(words[0]);
    return listener ? listen(listener->fd, atoi(words[1])) : -1;
}

static int accept_one(const char *name, struct named_socket *listener) {
    if (find_name(name))
        return wrong("there is a socket of this name", name);
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return -1;
    keep(name, fd);
    return say_end(fd, getpeername);
}

static int make_accepted(char **words) {
    struct named_socket *listener = known(words[1]);
    return listener ? accept_one(words[0], listener) : -1;
}

static int connect_one(const char *name, char **to, char **from, bool waits) {
    struct address there, here;
    bool is_new;
    if (parse(to[0], to[1], &there) || (from && parse(from[0], from[1], &here)))
        return -1;
    struct named_socket *made = take(name, there.socket.ss_family, &is_new);
    if (!made)
        return -1;
    int mode = fcntl(made->fd, F_GETFL);
    fcntl(made->fd, F_SETFL, waits ? mode : mode | O_NONBLOCK);
    bool failed = (from && bind(made->fd, (void *)&here.socket, here.length)) ||
        (connect(made->fd, (void *)&there.socket, there.length) && (waits || errno != EINPROGRESS));
    int failure = errno;
    fcntl(made->fd, F_SETFL, mode);
    errno = failure;
    return failed ? undo(made, is_new) : say_end(made->fd, getsockname);
}

static char **sender(char **words) {
    return *words && strcmp(*words, "from") == 0 && words[1] && words[2] ? words + 1 : NULL;
}

static int make_connected(char **words) { return connect_one(words[0], words + 1, sender(words + 3), true); }

static int begin_connecting(char **words) { return connect_one(words[0], words + 1, sender(words + 3), false); }

static int make_many_connected(char **words) {
    char name[32];
    for (int i = 0; i < atoi(words[1]); i++) {
        snprintf(name, sizeof name, "%s%d", words[0], i);
        if (connect_one(name, words + 2, sender(words + 4), true))
            return -1;
    }
    return say("%s", words[1]);
}

static int make_many_accepted(char **words) {
    char name[32];
    for (int i = 0; i < atoi(words[1]); i++) {
        struct named_socket *listener = known(words[2]); // again: the table may have moved
        snprintf(name, sizeof name, "%s%d", words[0], i);
        if (!listener || accept_one(name, listener))
            return -1;
    }
    return say("%s", words[1]);
}

const struct command socket_commands[] = {
    {"socket", "NAME 4|6", 2, make_socket},
    {"bind", "NAME ADDR PORT [reuseaddr] [reuseport] [v6only]", 3, make_bound},
    {"listen", "NAME ADDR PORT BACKLOG [reuseaddr] [reuseport] [v6only]", 4, make_listener},
    {"listen-again", "NAME BACKLOG", 2, listen_again},
    {"accept", "NAME LISTENER", 2, make_accepted},
    {"accept-many", "PREFIX COUNT LISTENER", 3, make_many_accepted},
    {"connect", "NAME ADDR PORT [from ADDR PORT]", 3, make_connected},
    {"begin-connect", "NAME ADDR PORT [from ADDR PORT]", 3, begin_connecting},
    {"connect-many", "PREFIX COUNT ADDR PORT [from ADDR PORT]", 4, make_many_connected},
    {0},
};
