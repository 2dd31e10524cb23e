// oddball [-c COMM] [-f DESCRIPTORS] [-T SECONDS]: a process that is odd to look at, with one TCP listener on 127.0.0.1.
//   -c  calls itself COMM (the kernel keeps 15 octets, whatever they are)
//   -f  holds this many descriptors in all, or as many as the hard limit allows: one listener, the rest unconnected sockets
// Prints "ready port=P descriptors=N", then waits for SIGTERM, or SECONDS (60).
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

int main(int count, char **arguments) {
    int descriptors = 0, seconds = 60, option;
    while ((option = getopt(count, arguments, "c:f:T:")) != -1) {
        switch (option) {
        case 'c': prctl(PR_SET_NAME, optarg); break;
        case 'f': descriptors = atoi(optarg); break;
        case 'T': seconds = atoi(optarg); break;
        default: errx(2, "usage: oddball [-c COMM] [-f DESCRIPTORS] [-T SECONDS]");
        }
    }
    alarm(seconds);

    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int last = socket(AF_INET, SOCK_STREAM, 0);
    if (last < 0 || bind(last, (void *)&address, length) || listen(last, 1) || getsockname(last, (void *)&address, &length))
        err(1, "listen on 127.0.0.1");
    while (last + 1 < descriptors) {
        int next = socket(AF_INET, SOCK_STREAM, 0);
        if (next < 0 && errno == EMFILE)
            break;
        if (next < 0)
            err(1, "socket");
        last = next;
    }

    printf("ready port=%u descriptors=%d\n", ntohs(address.sin_port), last + 1);
    fflush(stdout);
    for (;;)
        pause();
}
