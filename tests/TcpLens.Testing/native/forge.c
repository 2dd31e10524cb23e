// forge [-T SECONDS]: sends hand-made TCP segments, to and from whatever addresses it is told. Prints "ready", then answers each
// line of standard input by "ok [VALUES]", "error ERRNO" or "wrong WHAT":
//
//   segment SOURCE PORT DESTINATION PORT KEY=VALUE…   seq, ack, bits (as in octets 12 and 13 of the header), window (as it stands
//                                                     there), payload (octets), tsval and tsecr, mss, badsum=1
//   flood SOURCE DESTINATION PORT COUNT PER_SECOND    SYNs in the background, from SOURCE and the 253 addresses after it in turn
//   flooded                                           how many SYNs left so far, and whether more are to come
//
// The kernel fills in the checksum of the IPv4 header and computes no other. Ends with its input, or after SECONDS (600).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_PAYLOAD 1000
#define SYN 2
#define DEFAULT_WINDOW 64240
#define SOURCES 254

struct segment {
    int family;
    uint8_t source[16], destination[16];
    unsigned source_port, destination_port, seq, ack, bits, window, payload, mss, tsval, tsecr, badsum;
    bool has_timestamp;
};

static int raw_v4 = -1, raw_v6 = -1;

static int address_length(int family) { return family == AF_INET ? 4 : 16; }

static void put16(uint8_t *at, unsigned value) {
    at[0] = value >> 8;
    at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static uint32_t add_up(uint32_t sum, const uint8_t *octets, int length) {
    for (int i = 0; i < length; i++)
        sum += i % 2 ? octets[i] : octets[i] << 8;
    return sum;
}

static unsigned checksum(const struct segment *of, const uint8_t *tcp, int length) {
    uint32_t sum = IPPROTO_TCP + length;
    sum = add_up(sum, of->source, address_length(of->family));
    sum = add_up(sum, of->destination, address_length(of->family));
    sum = add_up(sum, tcp, length);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

// RFC 9293 section 3.1; returns the length.
static int write_tcp(const struct segment *segment, uint8_t *tcp) {
    int length = 20;
    put16(tcp, segment->source_port);
    put16(tcp + 2, segment->destination_port);
    put32(tcp + 4, segment->seq);
    put32(tcp + 8, segment->ack);
    put16(tcp + 14, segment->window);
    if (segment->mss) {
        put32(tcp + length, 0x02040000 | segment->mss);
        length += 4;
    }
    if (segment->has_timestamp) {
        put32(tcp + length, 0x0101080a); // two NOPs, as RFC 7323 appendix A has it
        put32(tcp + length + 4, segment->tsval);
        put32(tcp + length + 8, segment->tsecr);
        length += 12;
    }
    put16(tcp + 12, (length / 4) << 12 | (segment->bits & 0x1ff));
    length += segment->payload;
    put16(tcp + 16, checksum(segment, tcp, length) ^ segment->badsum);
    return length;
}

static int send_segment(const struct segment *segment) {
    uint8_t packet[40 + 60 + MAX_PAYLOAD] = {0};
    bool is_v4 = segment->family == AF_INET;
    int header = is_v4 ? 20 : 40, length = write_tcp(segment, packet + header);
    if (is_v4) {
        packet[0] = 0x45;
        put16(packet + 2, header + length);
        packet[8] = 64;
        packet[9] = IPPROTO_TCP;
    } else {
        packet[0] = 0x60;
        put16(packet + 4, length);
        packet[6] = IPPROTO_TCP;
        packet[7] = 64;
    }
    memcpy(packet + (is_v4 ? 12 : 8), segment->source, address_length(segment->family));
    memcpy(packet + (is_v4 ? 16 : 24), segment->destination, address_length(segment->family));

    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, segment->destination, 4);
    memcpy(&v6.sin6_addr, segment->destination, 16);
    ssize_t sent = is_v4 ? sendto(raw_v4, packet, header + length, 0, (void *)&v4, sizeof v4)
                         : sendto(raw_v6, packet, header + length, 0, (void *)&v6, sizeof v6);
    return sent < 0 ? -1 : 0;
}

// --- the flood ---

struct flood {
    struct segment syn;
    long count, per_second;
};

static atomic_long flooded, floods_running;

static void *flood_on(void *argument) {
    struct flood flood = *(struct flood *)argument;
    free(argument);
    int last = address_length(flood.syn.family) - 1;
    uint8_t first = flood.syn.source[last];
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long i = 0; i < flood.count; i++) {
        flood.syn.source[last] = first + i % SOURCES;
        flood.syn.source_port = 1024 + i / SOURCES % 60000;
        flood.syn.seq = i * 64021;
        if (send_segment(&flood.syn) == 0)
            atomic_fetch_add(&flooded, 1);
        if (flood.per_second > 0) {
            next.tv_nsec += 1000000000 / flood.per_second;
            next.tv_sec += next.tv_nsec / 1000000000;
            next.tv_nsec %= 1000000000;
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        }
    }
    atomic_fetch_sub(&floods_running, 1);
    return NULL;
}

// --- the conversation; each answers 1 when the line was understood and done, 0 when it was wrong, -1 with errno ---

static char *rest;

static char *word(void) { return strtok_r(NULL, " \n", &rest); }

static bool parse_address(int *family, uint8_t *address) {
    char *text = word();
    *family = text && strchr(text, ':') ? AF_INET6 : AF_INET;
    return text && inet_pton(*family, text, address) == 1;
}

static bool parse_number(unsigned *number) {
    char *text = word();
    *number = text ? strtoul(text, NULL, 10) : 0;
    return text;
}

static bool parse_key(struct segment *segment, char *text) {
    const struct {
        const char *name;
        unsigned *place;
    } keys[] = {
        {"seq", &segment->seq}, {"ack", &segment->ack}, {"bits", &segment->bits}, {"window", &segment->window},
        {"payload", &segment->payload}, {"mss", &segment->mss}, {"tsval", &segment->tsval}, {"tsecr", &segment->tsecr},
        {"badsum", &segment->badsum},
    };
    char *value = strchr(text, '=');
    if (!value)
        return false;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(text, keys[i].name) == 0) {
            *keys[i].place = strtoul(value, NULL, 10);
            segment->has_timestamp |= strcmp(text, "tsval") == 0;
            return true;
        }
    return false;
}

static int segment(void) {
    struct segment made = {.window = DEFAULT_WINDOW};
    int family;
    if (!parse_address(&made.family, made.source) || !parse_number(&made.source_port) || !parse_address(&family, made.destination) ||
        !parse_number(&made.destination_port) || family != made.family)
        return 0;
    for (char *key; (key = word());)
        if (!parse_key(&made, key))
            return 0;
    if (made.payload > MAX_PAYLOAD)
        return 0;
    return send_segment(&made) ? -1 : 1;
}

static int flood(void) {
    struct flood *flood = calloc(1, sizeof *flood);
    unsigned count, per_second;
    int family;
    if (!parse_address(&flood->syn.family, flood->syn.source) || !parse_address(&family, flood->syn.destination) ||
        !parse_number(&flood->syn.destination_port) || !parse_number(&count) || !parse_number(&per_second) || family != flood->syn.family) {
        free(flood);
        return 0;
    }
    flood->syn.bits = SYN;
    flood->syn.window = DEFAULT_WINDOW;
    flood->syn.mss = 1460;
    flood->count = count;
    flood->per_second = per_second;
    atomic_fetch_add(&floods_running, 1);
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, flood_on, flood)))
        return -1;
    pthread_detach(thread);
    return 1;
}

static void say_flooded(void) {
    bool is_running = atomic_load(&floods_running) > 0; // before the count, which is whole when none runs
    printf("ok %ld %d\n", atomic_load(&flooded), is_running);
}

int main(int count, char **arguments) {
    int seconds = 600, option;
    while ((option = getopt(count, arguments, "T:")) != -1) {
        if (option != 'T')
            errx(2, "usage: forge [-T SECONDS]");
        seconds = atoi(optarg);
    }
    alarm(seconds);
    raw_v4 = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    raw_v6 = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW); // RAW means here too: the header is ours
    if (raw_v4 < 0 || raw_v6 < 0)
        err(1, "raw sockets (need CAP_NET_RAW)");

    puts("ready");
    fflush(stdout);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        char *command = strtok_r(line, " \n", &rest);
        if (command && strcmp(command, "flooded") == 0)
            say_flooded();
        else {
            int result = !command ? 0 : strcmp(command, "segment") == 0 ? segment() : strcmp(command, "flood") == 0 ? flood() : 0;
            if (result < 0)
                printf("error %s\n", strerrorname_np(errno));
            else
                puts(result ? "ok" : "wrong: see the beginning of forge.c");
        }
        fflush(stdout);
    }
}
