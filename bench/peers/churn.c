// churn: connects, accepts and closes on loopback as fast as it is told to, in the namespace it is started in.
//   -w N  worker processes (2)      -d S  seconds (5, at most 60)      -r N  connections a second of each worker (0: no limit)
//   -R    closes by RST             -x    sends one octet first
// Prints "conns N secs S rate R cpu_ms C" at the end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_WORKERS 16
#define STRIDE 8 // longs: a counter of its own cache line for each worker

static int rate, by_reset, with_data;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct sockaddr_in v4(unsigned a, unsigned b, unsigned c, int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(127u << 24 | a << 16 | b << 8 | c)};
}

static void wait_until(double due) {
    double left = due - now();
    if (left > 0) {
        struct timespec time = {(time_t)left, (left - (time_t)left) * 1e9};
        nanosleep(&time, NULL);
    }
}

static void work(int worker, double end, volatile long *done) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct linger reset = {1, 0};
    struct sockaddr_in to = v4(0, 100, 1 + worker, 5000 + worker);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&to, sizeof to) || listen(listener, 1024))
        err(1, "listen");

    double start = now();
    for (long i = 0; i % 16 || now() < end; i++) {
        if (rate)
            wait_until(start + (double)i / rate);
        int client = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in from = v4(101, worker, 1 + i % 64, 0);
        setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(client, (void *)&from, sizeof from) || connect(client, (void *)&to, sizeof to))
            err(1, "connect");
        int server = accept(listener, NULL, NULL);
        char octet;
        if (with_data && (write(client, "x", 1) != 1 || read(server, &octet, 1) != 1))
            err(1, "one octet");
        if (by_reset)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client);
        close(server);
        ++*done;
    }
}

int main(int count, char **arguments) {
    int workers = 2, seconds = 5, option;
    while ((option = getopt(count, arguments, "w:d:r:Rx")) != -1) {
        switch (option) {
        case 'w': workers = atoi(optarg); break;
        case 'd': seconds = atoi(optarg); break;
        case 'r': rate = atoi(optarg); break;
        case 'R': by_reset = 1; break;
        case 'x': with_data = 1; break;
        default: errx(2, "see the head of churn.c for its options");
        }
    }
    if (workers < 1 || workers > MOST_WORKERS || seconds < 1 || seconds > 60)
        errx(2, "-w takes 1 to %d, -d 1 to 60", MOST_WORKERS);

    volatile long *done = mmap(NULL, MOST_WORKERS * STRIDE * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (done == MAP_FAILED)
        err(1, "mmap");
    double start = now();
    for (int w = 0; w < workers; w++) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            work(w, start + seconds, done + w * STRIDE);
            exit(0);
        }
    }
    while (wait(NULL) > 0)
        continue;

    double elapsed = now() - start;
    long connections = 0;
    for (int w = 0; w < workers; w++)
        connections += done[w * STRIDE];
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    printf("conns %ld secs %.2f rate %.0f cpu_ms %.0f\n", connections, elapsed, connections / elapsed,
           (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3);
    return 0;
}
