// conngen: holds a realistic population of TCP sockets open on loopback, in the namespace it is started in.
//   -n N  connections: 2 N ESTABLISHED sockets       -6 P  percent of them on ::1 (10)
//   -h H  half-closed pairs: H CLOSE_WAIT and H FIN_WAIT2, held
//   -s S  half-open pairs: S SYN_SENT and S SYN_RECV; a firewall must drop the SYN-ACKs from port 6666
//   -l L  IPv4 listeners of each worker (4); there is one for IPv6 besides
//   -p P  connections of each worker process (9000): each takes two descriptors, and the hard limit may be 20,000
//   -T s  ends after s seconds whatever happens (900)
// Prints "ready ..." when all sockets stand, then waits for SIGTERM. The workers die with it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HALF_OPEN_PORT 6666
#define MOST_LISTENERS 16

struct share {
    int number, connections, half_closed, half_open, listeners, percent_v6;
};

static struct sockaddr_in v4(unsigned a, unsigned b, unsigned c, int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(127u << 24 | a << 16 | b << 8 | c)};
}

static struct sockaddr_in6 v6(int port) {
    return (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
}

static int listen_on(void *address, socklen_t length, int family) {
    int one = 1, listener = socket(family, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || bind(listener, address, length) ||
        listen(listener, 4096))
        err(1, "listen");
    return listener;
}

static int connect_v4(struct sockaddr_in from, struct sockaddr_in to, int flags) {
    int one = 1, client = socket(AF_INET, SOCK_STREAM | flags, 0);
    if (client < 0 || setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) ||
        bind(client, (void *)&from, sizeof from))
        err(1, "socket");
    if (connect(client, (void *)&to, sizeof to) && errno != EINPROGRESS)
        err(1, "connect");
    return client;
}

static int connect_v6(struct sockaddr_in6 to) {
    int client = socket(AF_INET6, SOCK_STREAM, 0);
    if (client < 0 || connect(client, (void *)&to, sizeof to))
        err(1, "connect to ::1");
    return client;
}

static void hold(struct share share, int ready) {
    int w = share.number, listeners[MOST_LISTENERS];
    for (int i = 0; i < share.listeners; i++) {
        struct sockaddr_in address = v4(0, w, 1 + i, 8000 + w);
        listeners[i] = listen_on(&address, sizeof address, AF_INET);
    }
    struct sockaddr_in6 address6 = v6(9000 + w);
    int listener6 = listen_on(&address6, sizeof address6, AF_INET6);

    for (int i = 0; i < share.connections + share.half_closed; i++) {
        int client, k = i % share.listeners, is_v6 = i % 100 < share.percent_v6;
        client = is_v6 ? connect_v6(address6) : connect_v4(v4(1, w, 1 + i % 8, 0), v4(0, w, 1 + k, 8000 + w), 0);
        if (accept(is_v6 ? listener6 : listeners[k], NULL, NULL) < 0)
            err(1, "accept");
        if (i >= share.connections)
            shutdown(client, SHUT_WR);
    }

    if (share.half_open > 0) {
        struct sockaddr_in address = v4(0, 200, 1, HALF_OPEN_PORT);
        listen_on(&address, sizeof address, AF_INET);
        for (int i = 0; i < share.half_open; i++)
            connect_v4(v4(0, 201, 1 + i % 8, 0), address, SOCK_NONBLOCK);
    }

    if (write(ready, "k", 1) != 1)
        err(1, "write");
    close(ready);
    for (;;)
        pause();
}

static volatile sig_atomic_t ended;
static void end(int signal) {
    (void)signal;
    ended = 1;
}

static int fair_share(int of, int workers, int worker) { return of / workers + (worker < of % workers); }

int main(int count, char **arguments) {
    int connections = 1000, half_closed = 0, half_open = 0, listeners = 4, each = 9000, percent_v6 = 10, seconds = 900, option;
    while ((option = getopt(count, arguments, "n:h:s:l:p:6:T:")) != -1) {
        switch (option) {
        case 'n': connections = atoi(optarg); break;
        case 'h': half_closed = atoi(optarg); break;
        case 's': half_open = atoi(optarg); break;
        case 'l': listeners = atoi(optarg); break;
        case 'p': each = atoi(optarg); break;
        case '6': percent_v6 = atoi(optarg); break;
        case 'T': seconds = atoi(optarg); break;
        default: errx(2, "see the head of conngen.c for its options");
        }
    }
    if (connections < 1 || each < 1 || listeners < 1 || listeners > MOST_LISTENERS)
        errx(2, "-n and -p take at least 1, -l takes 1 to %d", MOST_LISTENERS);

    struct rlimit limit; // what a shell or a runtime left as soft limit may be as low as 1024
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }

    int ready[2];
    if (pipe(ready))
        err(1, "pipe");
    int workers = (connections + each - 1) / each;
    pid_t parent = getpid(), *pids = calloc(workers, sizeof *pids);
    if (!pids)
        err(1, "calloc");
    for (int w = 0; w < workers; w++) {
        pid_t worker = fork();
        if (worker < 0)
            err(1, "fork");
        pids[w] = worker;
        if (worker == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent)
                exit(1);
            close(ready[0]);
            hold((struct share){w, fair_share(connections, workers, w), fair_share(half_closed, workers, w), w ? 0 : half_open, listeners,
                                percent_v6},
                 ready[1]);
        }
    }
    close(ready[1]);

    signal(SIGTERM, end);
    signal(SIGINT, end);
    signal(SIGALRM, end);
    alarm(seconds);
    int done = 0;
    char marks[64];
    while (done < workers) {
        ssize_t length = read(ready[0], marks, sizeof marks);
        if (length <= 0)
            errx(1, "only %d of %d workers became ready", done, workers);
        done += length;
    }
    printf("ready connections=%d workers=%d\n", connections, workers);
    fflush(stdout);
    while (!ended)
        pause();
    for (int w = 0; w < workers; w++) {
        kill(pids[w], SIGKILL);
        waitpid(pids[w], NULL, 0);
    }
    return 0;
}
