// The named sockets of a puppet, and their addresses in words.
#include "puppet.h"
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_SECONDS 10

pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct named_socket *table;
static int used, room;
static unsigned long last_id;

struct named_socket *find_name(const char *name) {
    for (int i = used - 1; i >= 0; i--)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

struct named_socket *find_id(unsigned long id) {
    for (int i = 0; i < used; i++)
        if (table[i].id == id)
            return &table[i];
    return NULL;
}

struct named_socket *known(const char *name) {
    struct named_socket *found = find_name(name);
    if (!found)
        wrong("no socket of this name", name);
    return found;
}

struct named_socket *keep(const char *name, int fd) {
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

    pthread_mutex_lock(&table_lock);
    if (used == room) {
        room = room ? room * 2 : 64;
        if (!(table = realloc(table, room * sizeof *table)))
            err(1, "table");
    }
    struct named_socket *kept = &table[used++];
    *kept = (struct named_socket){.fd = fd, .id = ++last_id};
    snprintf(kept->name, sizeof kept->name, "%s", name);
    pthread_mutex_unlock(&table_lock);
    return kept;
}

int let_go(struct named_socket *socket) {
    pthread_mutex_lock(&table_lock);
    int fd = socket->fd;
    *socket = table[--used];
    int result = close(fd);
    pthread_mutex_unlock(&table_lock);
    return result;
}

struct named_socket *take(const char *name, int family, bool *is_new) {
    struct named_socket *found = find_name(name);
    *is_new = !found;
    if (found)
        return found;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    return fd < 0 ? NULL : keep(name, fd);
}

int undo(struct named_socket *socket, bool is_new) {
    int failure = errno;
    if (is_new)
        let_go(socket);
    errno = failure;
    return -1;
}

int each(const char *pattern, long (*act)(struct named_socket *, char **), char **words) {
    size_t length = strlen(pattern);
    long sum = 0;
    if (length == 0 || pattern[length - 1] != '*') {
        struct named_socket *one = known(pattern);
        return one && (sum = act(one, words)) >= 0 ? say("%ld", sum) : -1;
    }
    for (int i = used - 1; i >= 0; i--) { // from the end, because an act may let its socket go
        if (strncmp(table[i].name, pattern, length - 1) != 0)
            continue;
        long result = act(&table[i], words);
        if (result < 0)
            return -1;
        sum += result;
    }
    return say("%ld", sum);
}

int parse(const char *host, const char *port, struct address *to) {
    struct sockaddr_in *v4 = (void *)&to->socket;
    struct sockaddr_in6 *v6 = (void *)&to->socket;
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(port));
        to->length = sizeof *v4;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(atoi(port));
        to->length = sizeof *v6;
    } else
        return wrong("not an address", host);
    return 0;
}

int say_end(int fd, int (*name)(int, struct sockaddr *, socklen_t *)) {
    struct sockaddr_storage end;
    socklen_t length = sizeof end;
    char text[INET6_ADDRSTRLEN];
    if (name(fd, (void *)&end, &length))
        return -1;
    struct sockaddr_in6 *v6 = (void *)&end; // the port is at the same place in both
    inet_ntop(end.ss_family, end.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&end)->sin_addr : &v6->sin6_addr, text, sizeof text);
    return say("%s %u", text, ntohs(v6->sin6_port));
}
