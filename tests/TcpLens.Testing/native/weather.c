// weather LEFT RIGHT DEVICE [-s SEED] [-T SECONDS]: a link between two network namespaces, each given by the path of its file.
// A TUN device of the name DEVICE is made in both; what leaves one arrives at the other, after the weather of its direction.
// Prints "ready", then answers each line of standard input by "ok [VALUES]" or "wrong WHAT":
//
//   set right|left KEY=VALUE…   the weather towards that side, whole: what is not named is 0, and 0 is fair weather
//   hold MILLISECONDS           nothing arrives on either side for so long, then everything that is due; 0 ends it
//   counters right|left         packets on their way to that side, as in struct direction: forwarded, lost, …
//
// Ends with its input, or after SECONDS (600). Needs root.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define LARGEST 65536
#define CAPACITY 20000 // packets under way in one direction; what comes then is dropped and counted as overflow
#define MS 1000000ll

// Shares are of 0..1, each drawn by itself for every packet.
struct conditions {
    double loss, duplicate, corrupt, reorder;
    double delay;      // ms
    double jitter;     // ms at most, added to the delay; order is kept
    double extra;      // ms that a reordered packet comes later than its followers may
    double rate;       // kbit/s; 0: no limit
    double queue;      // octets that may wait for their turn at that rate; 0: as many as come
    double swallow;    // octets: larger IP packets vanish without a word; 0: none
};

struct packet {
    int64_t due; // ns, CLOCK_MONOTONIC
    uint64_t turn;
    int length;
    uint8_t *octets;
};

struct direction {
    const char *name;
    int from, to;
    struct conditions now;
    struct packet heap[CAPACITY]; // the first is due first
    int waiting;
    int64_t last_due, link_free;
    uint64_t forwarded, lost, swallowed, corrupted, reordered, duplicated, overflowed;
};

static struct direction directions[2] = {{.name = "right"}, {.name = "left"}};
static int64_t held_until;
static uint64_t turns, seed = 1;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

// splitmix64: the same seed and the same packets make the same weather.
static double chance(void) {
    uint64_t z = seed += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)((z ^ (z >> 31)) >> 11) / (1ull << 53);
}

// --- packets under way ---

static bool is_sooner(const struct packet *a, const struct packet *b) {
    return a->due < b->due || (a->due == b->due && a->turn < b->turn);
}

static void swap(struct packet *a, struct packet *b) {
    struct packet kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct direction *way, const uint8_t *octets, int length, int64_t due) {
    if (way->waiting == CAPACITY) {
        way->overflowed++;
        return;
    }
    uint8_t *copy = malloc(length);
    if (!copy)
        err(1, "packet");
    memcpy(copy, octets, length);
    int place = way->waiting++;
    way->heap[place] = (struct packet){due, turns++, length, copy};
    for (; place > 0 && is_sooner(&way->heap[place], &way->heap[(place - 1) / 2]); place = (place - 1) / 2)
        swap(&way->heap[place], &way->heap[(place - 1) / 2]);
}

static struct packet pop(struct direction *way) {
    struct packet first = way->heap[0];
    way->heap[0] = way->heap[--way->waiting];
    for (int place = 0, child; (child = 2 * place + 1) < way->waiting; place = child) {
        if (child + 1 < way->waiting && is_sooner(&way->heap[child + 1], &way->heap[child]))
            child++;
        if (!is_sooner(&way->heap[child], &way->heap[place]))
            break;
        swap(&way->heap[child], &way->heap[place]);
    }
    return first;
}

// --- the weather ---

// Where the payload of a TCP packet begins, or -1.
static int payload_at(const uint8_t *ip, int length) {
    int tcp = ip[0] >> 4 == 6 ? 40 : (ip[0] & 15) * 4;
    int protocol = ip[0] >> 4 == 6 ? ip[6] : ip[9];
    if (length < tcp + 20 || protocol != IPPROTO_TCP)
        return -1;
    int payload = tcp + (ip[tcp + 12] >> 4) * 4;
    return payload < length ? payload : -1;
}

static bool corrupt(uint8_t *ip, int length) {
    int payload = payload_at(ip, length);
    if (payload < 0)
        return false;
    ip[payload + (int)(chance() * (length - payload))] ^= 1 << (int)(chance() * 8);
    return true;
}

// A link of a given rate: the packet leaves when those before it have left. False when the queue before it is full.
static bool wait_for_link(struct direction *way, int length, int64_t *at) {
    double ns_per_octet = 8e6 / way->now.rate;
    int64_t start = way->link_free > *at ? way->link_free : *at;
    if (way->now.queue > 0 && (start - *at) / ns_per_octet + length > way->now.queue)
        return false;
    *at = way->link_free = start + (int64_t)(length * ns_per_octet);
    return true;
}

static void receive(struct direction *way, uint8_t *octets, int length) {
    struct conditions *now = &way->now;
    int64_t due = now_ns();
    if (now->swallow > 0 && length > now->swallow) {
        way->swallowed++;
        return;
    }
    if (chance() < now->loss) {
        way->lost++;
        return;
    }
    if (now->rate > 0 && !wait_for_link(way, length, &due)) {
        way->overflowed++;
        return;
    }
    if (chance() < now->corrupt && corrupt(octets, length))
        way->corrupted++;

    due += (int64_t)((now->delay + now->jitter * chance()) * MS);
    due = due > way->last_due ? due : way->last_due;
    if (chance() < now->reorder) {
        way->reordered++;
        push(way, octets, length, due + (int64_t)(now->extra * MS));
    } else {
        way->last_due = due;
        push(way, octets, length, due);
    }
    if (chance() < now->duplicate) {
        way->duplicated++;
        push(way, octets, length, due);
    }
}

static void deliver(struct direction *way, int64_t now) {
    while (way->waiting > 0 && now >= held_until && way->heap[0].due <= now) {
        struct packet packet = pop(way);
        if (write(way->to, packet.octets, packet.length) == packet.length)
            way->forwarded++;
        free(packet.octets);
    }
}

// --- the conversation ---

static struct direction *towards(const char *name) {
    for (int i = 0; name && i < 2; i++)
        if (strcmp(name, directions[i].name) == 0)
            return &directions[i];
    return NULL;
}

static double *place_of(struct conditions *of, const char *key) {
    const struct {
        const char *name;
        double *place;
    } keys[] = {
        {"loss", &of->loss}, {"duplicate", &of->duplicate}, {"corrupt", &of->corrupt}, {"reorder", &of->reorder},
        {"delay", &of->delay}, {"jitter", &of->jitter}, {"extra", &of->extra}, {"rate", &of->rate},
        {"queue", &of->queue}, {"swallow", &of->swallow},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i].name) == 0)
            return keys[i].place;
    return NULL;
}

static bool set(struct direction *way, char **rest) {
    struct conditions wanted = {0};
    for (char *word; (word = strtok_r(NULL, " ", rest));) {
        char *value = strchr(word, '=');
        if (!value)
            return false;
        *value++ = '\0';
        double *place = place_of(&wanted, word);
        if (!place)
            return false;
        *place = atof(value);
    }
    way->now = wanted;
    way->last_due = way->link_free = 0; // better weather does not wait for worse
    return true;
}

static void obey(char *line) {
    char *rest, *word = strtok_r(line, " \n", &rest);
    char *argument = word ? strtok_r(NULL, " \n", &rest) : NULL;
    struct direction *way = towards(argument);
    if (way && strcmp(word, "set") == 0 && set(way, &rest))
        puts("ok");
    else if (way && strcmp(word, "counters") == 0)
        printf("ok %lu %lu %lu %lu %lu %lu %lu\n", way->forwarded, way->lost, way->swallowed, way->corrupted, way->reordered,
               way->duplicated, way->overflowed);
    else if (argument && strcmp(word, "hold") == 0) {
        held_until = now_ns() + (int64_t)(atof(argument) * MS);
        puts("ok");
    } else
        printf("wrong: no such command\n");
    fflush(stdout);
}

// --- the link ---

static int open_tun(const char *namespace, const char *device) {
    int ns = open(namespace, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET))
        err(1, "enter %s", namespace);
    close(ns);

    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0 || ioctl(tun, TUNSETIFF, &request))
        err(1, "make the TUN device %s", device);
    return tun;
}

static struct timespec until_next(int64_t now) {
    int64_t next = now + 1000 * MS;
    for (int i = 0; i < 2; i++)
        if (directions[i].waiting > 0 && directions[i].heap[0].due < next)
            next = directions[i].heap[0].due;
    next = next > held_until ? next : held_until;
    int64_t left = next > now ? next - now : 0;
    return (struct timespec){left / 1000000000ll, left % 1000000000ll};
}

// Both devices in turn and not for ever, so that what is due leaves meanwhile.
static void read_some(void) {
    static uint8_t octets[LARGEST];
    for (int round = 0; round < 64; round++)
        for (int i = 0; i < 2; i++) {
            ssize_t length = read(directions[i].from, octets, sizeof octets);
            if (length >= 20)
                receive(&directions[i], octets, length);
        }
}

// Not by stdio, whose buffer poll() does not see.
static void listen_for_orders(void) {
    static char line[512];
    static size_t length;
    ssize_t more = read(STDIN_FILENO, line + length, sizeof line - 1 - length);
    if (more <= 0)
        exit(0);
    length += more;
    line[length] = '\0';
    for (char *end; (end = strchr(line, '\n'));) {
        size_t taken = end + 1 - line;
        *end = '\0';
        obey(line);
        memmove(line, line + taken, length -= taken);
        line[length] = '\0';
    }
}

int main(int count, char **arguments) {
    int seconds = 600, option;
    while ((option = getopt(count, arguments, "s:T:")) != -1) {
        switch (option) {
        case 's': seed = strtoull(optarg, NULL, 10); break;
        case 'T': seconds = atoi(optarg); break;
        default: errx(2, "usage: weather [-s SEED] [-T SECONDS] LEFT RIGHT DEVICE");
        }
    }
    if (count - optind != 3)
        errx(2, "usage: weather [-s SEED] [-T SECONDS] LEFT RIGHT DEVICE");
    alarm(seconds);

    int left = open_tun(arguments[optind], arguments[optind + 2]), right = open_tun(arguments[optind + 1], arguments[optind + 2]);
    directions[0].from = directions[1].to = left;
    directions[0].to = directions[1].from = right;
    puts("ready");
    fflush(stdout);

    struct pollfd ready[] = {{left, POLLIN, 0}, {right, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    for (;;) {
        struct timespec left_over = until_next(now_ns());
        if (ppoll(ready, 3, &left_over, NULL) < 0 && errno != EINTR)
            err(1, "poll");
        if (ready[2].revents)
            listen_for_orders();
        read_some();
        int64_t now = now_ns();
        deliver(&directions[0], now);
        deliver(&directions[1], now);
    }
}
