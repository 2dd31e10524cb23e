// twgen N: leaves N sockets in TIME_WAIT on loopback, in the namespace it is started in, and exits.
// The kernel keeps each for 60 s, which nothing changes (TCP_TIMEWAIT_LEN).
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static struct sockaddr_in v4(unsigned a, unsigned b, unsigned c, int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(127u << 24 | a << 16 | b << 8 | c)};
}

int main(int count, char **arguments) {
    if (count != 2)
        errx(2, "usage: twgen N");
    int wanted = atoi(arguments[1]), one = 1, run = getpid() & 255; // another run connects from other addresses
    struct sockaddr_in to = v4(0, 210, 1, 7000);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || bind(listener, (void *)&to, sizeof to) ||
        listen(listener, 4096))
        err(1, "listen");

    for (int i = 0; i < wanted; i++) {
        struct sockaddr_in from = v4(2, run, 1 + i % 32, 0);
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client < 0 || setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) ||
            bind(client, (void *)&from, sizeof from) || connect(client, (void *)&to, sizeof to))
            err(1, "connect");
        int server = accept(listener, NULL, NULL);
        close(client);
        close(server);
    }
    return 0;
}
