/* Sends TCP segments of its own making out of an interface, so many a second, and says how many it sent.
 *
 *   blast INTERFACE RATE SECONDS [PAYLOAD [CONNECTIONS]]
 *
 * RATE is packets a second; 0 is as many as will go. PAYLOAD is octets in each segment (0 by default), CONNECTIONS how many
 * connections take turns (100). A connection's segments follow each other in sequence; there are no handshakes.
 * Prints "sent N in S s" when it is done.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <net/ethernet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define HEADERS (14 + 20 + 32)
#define MOST_PAYLOAD 1448

static uint8_t frames[BATCH][HEADERS + MOST_PAYLOAD];
static uint32_t sequences[65536];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static uint32_t sum(const uint8_t *octets, int length, uint32_t start)
{
    for (int i = 0; i + 1 < length; i += 2)
        start += octets[i] << 8 | octets[i + 1];
    if (length & 1)
        start += octets[length - 1] << 8;
    return start;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

static void put16(uint8_t *at, uint16_t value) { at[0] = value >> 8; at[1] = value; }
static void put32(uint8_t *at, uint32_t value) { put16(at, value >> 16); put16(at + 2, value); }

/* The next segment of a connection: 10.9.0.1 to 10.9.0.2, ports 10000 + connection and 443, timestamps, ACK and PSH. */
static void build(uint8_t *frame, unsigned connection, int payload)
{
    memset(frame, 0, HEADERS);
    memset(frame, 0x02, 12);
    frame[5] = 2;
    frame[11] = 1;
    put16(frame + 12, ETHERTYPE_IP);
    uint8_t *ip = frame + 14;
    ip[0] = 0x45;
    put16(ip + 2, 52 + payload);
    ip[6] = 0x40;
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, 0x0a090001);
    put32(ip + 16, 0x0a090002);
    put16(ip + 10, fold(sum(ip, 20, 0)));
    uint8_t *tcp = ip + 20;
    put16(tcp, 10000 + connection);
    put16(tcp + 2, 443);
    put32(tcp + 4, sequences[connection]);
    put32(tcp + 8, 1);
    tcp[12] = 8 << 4;
    tcp[13] = 0x18;
    put16(tcp + 14, 500);
    tcp[20] = tcp[21] = 1;
    tcp[22] = 8;
    tcp[23] = 10;
    put32(tcp + 24, sequences[connection]);
    memset(tcp + 32, 'x', payload);
    uint32_t pseudo = sum(ip + 12, 8, 6 + 32 + payload);
    put16(tcp + 16, fold(sum(tcp, 32 + payload, pseudo)));
    sequences[connection] += payload;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: blast INTERFACE RATE SECONDS [PAYLOAD [CONNECTIONS]]\n");
        return 2;
    }
    double rate = atof(argv[2]), seconds = atof(argv[3]);
    int payload = argc > 4 ? atoi(argv[4]) : 0;
    unsigned connections = argc > 5 ? atoi(argv[5]) : 100;
    if (payload > MOST_PAYLOAD || connections < 1 || connections > 50000) {
        fprintf(stderr, "blast: at most %d octets and 50000 connections\n", MOST_PAYLOAD);
        return 2;
    }

    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(argv[1]), .sll_halen = 6 };
    int skip = 1;
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("blast");
        return 1;
    }
    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &skip, sizeof skip);

    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){ frames[i], HEADERS + payload };
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }

    double start = now();
    uint64_t sent = 0;
    unsigned turn = 0;
    while (now() - start < seconds) {
        if (rate > 0 && sent >= (now() - start) * rate) {
            struct timespec pause = { 0, 200000 };
            nanosleep(&pause, NULL);
            continue;
        }
        for (int i = 0; i < BATCH; i++) {
            build(frames[i], turn, payload);
            turn = turn + 1 == connections ? 0 : turn + 1;
        }
        for (int done = 0; done < BATCH;) {
            int n = sendmmsg(fd, messages + done, BATCH - done, 0);
            if (n < 0 && errno != ENOBUFS && errno != EINTR && errno != EAGAIN) {
                perror("blast: sendmmsg");
                return 1;
            }
            done += n > 0 ? n : 0;
            sent += n > 0 ? n : 0;
        }
    }
    printf("sent %llu in %.3f s\n", (unsigned long long)sent, now() - start);
    return 0;
}
