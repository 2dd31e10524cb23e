// What a puppet does by itself while it waits for the next line: serve, drain, trickle, churn.
#define _GNU_SOURCE
#include "puppet.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define CONNECTION (1ull << 63) // the event is of an accepted connection, and holds its descriptor; else a named socket's id
#define ONCE (1ull << 62)       // the connection ends after its first answer

static int events = -1;
static char passing[65536]; // octets of the watching thread alone

static void interest(int operation, int fd, uint32_t what, uint64_t data) {
    struct epoll_event event = {.events = what, .data.u64 = data};
    epoll_ctl(events, operation, fd, &event);
}

static void accept_all(int listener, bool once) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
        interest(EPOLL_CTL_ADD, fd, EPOLLIN, CONNECTION | (once ? ONCE : 0) | (uint64_t)fd);
    if (errno == EMFILE)
        usleep(10000); // the listener stays readable; trying again at once would only burn the processor
}

// What does not fit into the send buffer stays in the receive buffer, so nothing has to be kept here.
static void echo(int fd, uint64_t data) {
    ssize_t length = recv(fd, passing, sizeof passing, MSG_PEEK);
    ssize_t sent = length > 0 ? send(fd, passing, length, MSG_NOSIGNAL) : 0;
    if (length > 0 && sent < 0 && errno == EAGAIN) {
        interest(EPOLL_CTL_MOD, fd, EPOLLOUT, data);
        return;
    }
    if (length < 0 && errno == EAGAIN) {
        interest(EPOLL_CTL_MOD, fd, EPOLLIN, data);
        return;
    }
    if (length <= 0 || sent < 0 || recv(fd, passing, sent, 0) != sent || (data & ONCE)) {
        close(fd);
        return;
    }
    interest(EPOLL_CTL_MOD, fd, EPOLLIN, data);
}

static void drain_some(int fd) {
    ssize_t length = recv(fd, passing, sizeof passing, MSG_DONTWAIT);
    if (length == 0 || (length < 0 && errno != EAGAIN))
        epoll_ctl(events, EPOLL_CTL_DEL, fd, NULL); // its end was read; closing it is the conversation's business
}

static void *watch_all(void *unused) {
    struct epoll_event ready[64];
    for (;;) {
        int count = epoll_wait(events, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            uint64_t data = ready[i].data.u64;
            if (data & CONNECTION) {
                echo((int)(data & 0x7fffffff), data);
                continue;
            }
            pthread_mutex_lock(&table_lock);
            struct named_socket *named = find_id(data);
            if (named && named->role == DRAINED)
                drain_some(named->fd);
            else if (named)
                accept_all(named->fd, named->role == SERVED_ONCE);
            pthread_mutex_unlock(&table_lock);
        }
    }
    return unused;
}

static int start(void *(*work)(void *), void *argument) {
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, work, argument)))
        return -1;
    return pthread_detach(thread);
}

static int watch(struct named_socket *socket, enum role role) {
    if (events < 0 && ((events = epoll_create1(EPOLL_CLOEXEC)) < 0 || start(watch_all, NULL)))
        return -1;
    if (role != DRAINED && fcntl(socket->fd, F_SETFL, O_NONBLOCK))
        return -1;
    socket->role = role;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = socket->id};
    return epoll_ctl(events, EPOLL_CTL_ADD, socket->fd, &event);
}

struct drops {
    unsigned long id;
    int bytes, every_ms;
};

static void *trickle_on(void *argument) {
    struct drops drops = *(struct drops *)argument;
    char *payload = calloc(1, drops.bytes);
    free(argument);
    for (bool goes_on = true; goes_on; usleep(drops.every_ms * 1000)) {
        pthread_mutex_lock(&table_lock);
        struct named_socket *socket = find_id(drops.id);
        goes_on = socket && (send(socket->fd, payload, drops.bytes, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno == EAGAIN);
        pthread_mutex_unlock(&table_lock);
    }
    free(payload);
    return NULL;
}

static int trickle(struct named_socket *socket, int bytes, int every_ms) {
    struct drops *drops = malloc(sizeof *drops);
    *drops = (struct drops){socket->id, bytes, every_ms};
    return start(trickle_on, drops);
}

struct churn {
    struct address to;
    int per_second, seconds;
};

static atomic_long churn_done, churn_failed, churns_running;

static bool ask_once(const struct address *to) {
    struct timeval patience = {.tv_sec = 2};
    char question[64] = "?", answer[64];
    int fd = socket(to->socket.ss_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool answered = fd >= 0 && connect(fd, (void *)&to->socket, to->length) == 0 &&
        send(fd, question, sizeof question, MSG_NOSIGNAL) == sizeof question &&
        recv(fd, answer, sizeof answer, MSG_WAITALL) == sizeof answer;
    if (fd >= 0)
        close(fd);
    return answered;
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void *churn_on(void *argument) {
    struct churn churn = *(struct churn *)argument;
    free(argument);
    int64_t next = now_ns(), end = next + churn.seconds * 1000000000ll;
    for (; now_ns() < end; next += 1000000000ll / churn.per_second) {
        struct timespec at = {next / 1000000000ll, next % 1000000000ll};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        atomic_fetch_add(ask_once(&churn.to) ? &churn_done : &churn_failed, 1);
    }
    atomic_fetch_sub(&churns_running, 1);
    return NULL;
}

static int churn(const struct address *to, int per_second, int seconds) {
    struct churn *churn = malloc(sizeof *churn);
    *churn = (struct churn){*to, per_second, seconds};
    atomic_fetch_add(&churns_running, 1);
    return start(churn_on, churn);
}

// --- the commands ---

static int churn_at(char **words) {
    struct address to;
    int per_second = atoi(words[2]);
    if (per_second < 1)
        return wrong("not a rate", words[2]);
    return parse(words[0], words[1], &to) ? -1 : churn(&to, per_second, atoi(words[3]));
}

static int say_churned(char **words) {
    bool is_running = atomic_load(&churns_running) > 0; // before the counts, which are whole when none runs
    return say("%ld %ld %d", atomic_load(&churn_done), atomic_load(&churn_failed), is_running);
}

static int serve(char **words) {
    struct named_socket *listener = known(words[0]);
    return listener ? watch(listener, words[1] && strcmp(words[1], "once") == 0 ? SERVED_ONCE : SERVED) : -1;
}

static int drain(char **words) {
    struct named_socket *socket = known(words[0]);
    return socket ? watch(socket, DRAINED) : -1;
}

static int trickle_at(char **words) {
    struct named_socket *socket = known(words[0]);
    return socket ? trickle(socket, atoi(words[1]), atoi(words[2])) : -1;
}

const struct command background_commands[] = {
    {"serve", "LISTENER [once]", 1, serve},
    {"drain", "NAME", 1, drain},
    {"trickle", "NAME BYTES EVERY_MS", 3, trickle_at},
    {"churn", "ADDR PORT PER_SECOND SECONDS", 4, churn_at},
    {"churned", "", 0, say_churned},
    {0},
};
