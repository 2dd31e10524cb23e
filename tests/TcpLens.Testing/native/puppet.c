// puppet [-T SECONDS]: a process whose TCP sockets someone else moves, line by line. Prints "ready", then answers each line
// of standard input by one line: "ok [VALUES]", "error ERRNO" (the system call's), or "wrong WHAT" (the line is at fault).
// Ends with its input, or after SECONDS (600). The commands are in the table at the end.
//
// A NAME ending in * stands for every socket whose name begins so. A call that would wait for the network gives up after
// ten seconds: accept, receive and send with EAGAIN, connect with EINPROGRESS.
#define _GNU_SOURCE
#include "puppet.h"
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_SECONDS 10
#define MAX_WORDS 10

pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct named_socket *table;
static int used, room;
static unsigned long last_id;

static char answer[256];
static bool is_wrong;
static char octets[65536];

static int say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(answer, sizeof answer, format, values);
    va_end(values);
    return 0;
}

static int wrong(const char *what, const char *word) {
    is_wrong = true;
    say("%s: '%s'", what, word);
    return -1;
}

// --- the table ---

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

static struct named_socket *known(const char *name) {
    struct named_socket *found = find_name(name);
    if (!found)
        wrong("no socket of this name", name);
    return found;
}

static struct named_socket *keep(const char *name, int fd) {
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

static int let_go(struct named_socket *socket) {
    pthread_mutex_lock(&table_lock);
    int fd = socket->fd;
    *socket = table[--used];
    int result = close(fd);
    pthread_mutex_unlock(&table_lock);
    return result;
}

// The socket of this name, or a new one.
static struct named_socket *take(const char *name, int family, bool *is_new) {
    struct named_socket *found = find_name(name);
    *is_new = !found;
    if (found)
        return found;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    return fd < 0 ? NULL : keep(name, fd);
}

// A command that failed leaves no new socket behind.
static int undo(struct named_socket *socket, bool is_new) {
    int failure = errno;
    if (is_new)
        let_go(socket);
    errno = failure;
    return -1;
}

// Walks from the end, because an act may let its socket go.
static int each(const char *pattern, long (*act)(struct named_socket *, char **), char **words) {
    size_t length = strlen(pattern);
    long sum = 0;
    if (length == 0 || pattern[length - 1] != '*') {
        struct named_socket *one = known(pattern);
        return one && (sum = act(one, words)) >= 0 ? say("%ld", sum) : -1;
    }
    for (int i = used - 1; i >= 0; i--) {
        if (strncmp(table[i].name, pattern, length - 1) != 0)
            continue;
        long result = act(&table[i], words);
        if (result < 0)
            return -1;
        sum += result;
    }
    return say("%ld", sum);
}

// --- addresses ---

static int parse(const char *host, const char *port, struct address *to) {
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

typedef int (*name_function)(int, struct sockaddr *, socklen_t *);

static int say_end(int fd, name_function name) {
    struct sockaddr_storage end;
    socklen_t length = sizeof end;
    char text[INET6_ADDRSTRLEN];
    if (name(fd, (void *)&end, &length))
        return -1;
    struct sockaddr_in6 *v6 = (void *)&end; // the port is at the same place in both
    inet_ntop(end.ss_family, end.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&end)->sin_addr : &v6->sin6_addr, text, sizeof text);
    return say("%s %u", text, ntohs(v6->sin6_port));
}

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

// --- making sockets ---

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

// --- octets ---

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

// --- settings and looks ---

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

// --- the process itself ---

static int limit(char **words) {
    struct rlimit nofile;
    if (strcmp(words[0], "nofile") != 0)
        return wrong("no such limit", words[0]);
    getrlimit(RLIMIT_NOFILE, &nofile);
    nofile.rlim_cur = atol(words[1]);
    return setrlimit(RLIMIT_NOFILE, &nofile);
}

static int rename_process(char **words) { return prctl(PR_SET_NAME, words[0]); }

static int open_files(char **words) {
    int opened = 0;
    while (opened < atoi(words[0]) && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
        opened++;
    return say("%d", opened);
}

static int churn_at(char **words) {
    struct address to;
    int per_second = atoi(words[2]);
    if (per_second < 1)
        return wrong("not a rate", words[2]);
    return parse(words[0], words[1], &to) ? -1 : churn(&to, per_second, atoi(words[3]));
}

static int say_churned(char **words) {
    long done, failed;
    bool running;
    churned(&done, &failed, &running);
    return say("%ld %ld %d", done, failed, running);
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

// --- the conversation ---

static const struct {
    const char *name, *arguments;
    int least; // words it cannot do without
    int (*run)(char **words);
    long (*act)(struct named_socket *, char **words); // instead: once for each socket the first word stands for
} commands[] = {
    {"socket", "NAME 4|6", 2, make_socket},
    {"bind", "NAME ADDR PORT [reuseaddr] [reuseport] [v6only]", 3, make_bound},
    {"listen", "NAME ADDR PORT BACKLOG [reuseaddr] [reuseport] [v6only]", 4, make_listener},
    {"listen-again", "NAME BACKLOG", 2, listen_again},
    {"accept", "NAME LISTENER", 2, make_accepted},
    {"accept-many", "PREFIX COUNT LISTENER", 3, make_many_accepted},
    {"connect", "NAME ADDR PORT [from ADDR PORT]", 3, make_connected},
    {"begin-connect", "NAME ADDR PORT [from ADDR PORT]", 3, begin_connecting},
    {"connect-many", "PREFIX COUNT ADDR PORT [from ADDR PORT]", 4, make_many_connected},
    {"send", "NAME BYTES", 2, .act = send_octets},
    {"send-until-full", "NAME", 1, .act = send_until_full},
    {"receive", "NAME BYTES [all|now]", 2, .act = receive_octets},
    {"shutdown", "NAME read|write|both", 2, .act = shut},
    {"close", "NAME", 1, .act = close_socket},
    {"reset", "NAME", 1, .act = reset_socket},
    {"vanish", "NAME", 1, .act = vanish},
    {"option", "NAME OPTION VALUE", 3, .act = set_option},
    {"state", "NAME", 1, say_state},
    {"pending-error", "NAME", 1, say_pending_error},
    {"inode", "NAME", 1, say_inode},
    {"local", "NAME", 1, say_local},
    {"remote", "NAME", 1, say_remote},
    {"sequence", "NAME", 1, say_sequence},
    {"timestamp", "NAME", 1, say_timestamp},
    {"serve", "LISTENER [once]", 1, serve},
    {"drain", "NAME", 1, drain},
    {"trickle", "NAME BYTES EVERY_MS", 3, trickle_at},
    {"churn", "ADDR PORT PER_SECOND SECONDS", 4, churn_at},
    {"churned", "", 0, say_churned},
    {"limit", "nofile COUNT", 2, limit},
    {"name", "COMM", 1, rename_process},
    {"open-files", "COUNT", 1, open_files},
};

static int obey(char *line) {
    char *words[MAX_WORDS + 1] = {0}, *rest = NULL;
    int count = 0;
    for (char *word = strtok_r(line, " ", &rest); word && count < MAX_WORDS; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    for (size_t i = 0; count > 0 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(words[0], commands[i].name) != 0)
            continue;
        if (count - 1 < commands[i].least)
            return wrong("more words are needed", commands[i].arguments);
        return commands[i].act ? each(words[1], commands[i].act, words + 2) : commands[i].run(words + 1);
    }
    return wrong("no such command", count > 0 ? words[0] : "");
}

int main(int count, char **arguments) {
    int seconds = 600, option;
    while ((option = getopt(count, arguments, "T:")) != -1) {
        if (option != 'T')
            errx(2, "usage: puppet [-T SECONDS]");
        seconds = atoi(optarg);
    }
    alarm(seconds);
    signal(SIGPIPE, SIG_IGN);

    puts("ready");
    fflush(stdout);
    char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
        line[strcspn(line, "\n")] = '\0';
        answer[0] = '\0';
        is_wrong = false;
        if (obey(line) == 0)
            printf("ok%s%s\n", answer[0] ? " " : "", answer);
        else if (is_wrong)
            printf("wrong %s\n", answer);
        else
            printf("error %s\n", strerrorname_np(errno));
        fflush(stdout);
    }
}
