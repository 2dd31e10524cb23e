/*
 * The kernel's end of the measurements: drives the four ports of a server behind a TUN device and prints one number.
 *
 * kcli sink ADDRESS SECONDS          Mb/s that the server (5001) acknowledged
 * kcli source ADDRESS SECONDS        Mb/s that came from it (5002)
 * kcli rr ADDRESS SECONDS            median of a round trip of one octet (5003), in ns
 * kcli crr ADDRESS SECONDS           connect, one octet there and back, close (5004): a second, one at a time
 * kcli many ADDRESS SECONDS COUNT    round trips over COUNT connections (5003), 32 of them under way: how many, and how many a second
 * kcli copy ADDRESS OCTETS           sends octets of a known sequence to the echo (5003) and compares what comes back: seconds
 *
 * It gives up when nothing moves for half a minute.
 * Half a second of the load goes before the seconds that count. CUBIC, whatever the machine's default is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 18];
static struct sockaddr_in server = { .sin_family = AF_INET };

static void die(const char *what)
{
	fprintf(stderr, "kcli: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int dial(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	struct timeval patience = { 30, 0 };
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5))
		die("cubic is not allowed here (net.ipv4.tcp_allowed_congestion_control)");
	server.sin_port = htons(port);
	if (connect(fd, (void *)&server, sizeof server))
		die("connect");
	return fd;
}

static void trip(int fd)
{
	if (send(fd, "x", 1, 0) != 1)
		die("send");
	if (recv(fd, buffer, 1, 0) != 1)
		die("recv");
}

static uint64_t acknowledged(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		die("tcp_info");
	return info.tcpi_bytes_acked;
}

static void bulk(int port, int64_t nanoseconds, int64_t warm)
{
	int fd = dial(port), sink = port == 5001;
	int64_t start = now(), from = 0, end = start + warm + nanoseconds, time;
	uint64_t octets = 0, first = 0;
	while ((time = now()) < end) {
		if (!from && time >= start + warm) {
			from = time;
			first = sink ? acknowledged(fd) : octets;
		}
		ssize_t moved = sink ? send(fd, buffer, sizeof buffer, 0) : recv(fd, buffer, sizeof buffer, 0);
		if (moved <= 0)
			die(sink ? "send" : "recv");
		octets += moved;
	}
	octets = sink ? acknowledged(fd) : octets;
	printf("%.0f\n", (octets - first) * 8e3 / (time - from));
}

static int by_size(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
	return a < b ? -1 : a > b;
}

static void round_trips(int64_t nanoseconds, int64_t warm)
{
	static uint32_t times[1 << 21];
	int fd = dial(5003);
	size_t count = 0;
	for (int64_t start = now(), time = start; time < start + warm + nanoseconds && count < sizeof times / sizeof *times;) {
		trip(fd);
		int64_t after = now();
		if (time >= start + warm)
			times[count++] = after - time;
		time = after;
	}
	qsort(times, count, sizeof *times, by_size);
	printf("%u\n", times[count / 2]);
}

static void connections(int64_t nanoseconds, int64_t warm)
{
	int64_t start = now(), from = 0, time;
	long count = 0;
	while ((time = now()) < start + warm + nanoseconds) {
		if (!from && time >= start + warm) {
			from = time;
			count = 0;
		}
		int fd = dial(5004);
		trip(fd);
		if (recv(fd, buffer, 1, 0) != 0)
			die("the server did not close");
		close(fd);
		count++;
	}
	printf("%.0f\n", count * 1e9 / (time - from));
}

static void many(int64_t nanoseconds, int64_t warm, int count)
{
	struct rlimit most = { count + 64, count + 64 };
	enum { UNDERWAY = 32 };
	int *fds = calloc(count, sizeof *fds), at = 0, each = count < UNDERWAY ? count : UNDERWAY;
	if (setrlimit(RLIMIT_NOFILE, &most))
		die("setrlimit");
	for (int i = 0; i < count; i++)
		fds[i] = dial(5003);
	printf("open\n");
	fflush(stdout);
	int64_t start = now(), from = 0, time;
	long done = 0;
	while ((time = now()) < start + warm + nanoseconds) {
		if (!from && time >= start + warm) {
			from = time;
			done = 0;
		}
		for (int i = 0; i < each; i++)
			if (send(fds[(at + i) % count], "x", 1, 0) != 1)
				die("send");
		for (int i = 0; i < each; i++)
			if (recv(fds[(at + i) % count], buffer, 1, 0) != 1)
				die("recv");
		at = (at + each) % count;
		done += each;
	}
	printf("%ld %.0f\n", done, done * 1e9 / (time - from));
}

static void next(uint64_t *state, size_t length)
{
	for (uint64_t *at = (void *)buffer; length > 0; length -= 8) {
		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		*at++ = *state;
	}
}

/* One process sends, the other reads and makes the same octets again. */
static void copy(int64_t octets)
{
	static char read_back[sizeof buffer];
	int fd = dial(5003);
	uint64_t state = 9293;
	int64_t start = now();
	pid_t sender = fork();
	for (int64_t done = 0, part; done < octets; done += part) {
		part = octets - done < (int64_t)sizeof buffer ? octets - done : (int64_t)sizeof buffer;
		next(&state, part);
		if (sender == 0 && send(fd, buffer, part, 0) != part)
			die("send");
		if (sender != 0 && (recv(fd, read_back, part, MSG_WAITALL) != part || memcmp(read_back, buffer, part)))
			die("what came back is not what was sent");
	}
	if (sender == 0) {
		shutdown(fd, SHUT_WR);
		_exit(0);
	}
	if (recv(fd, read_back, 1, 0) != 0)
		die("more came back than was sent");
	printf("%.2f\n", (now() - start) / 1e9);
}

int main(int count, char **words)
{
	if (count < 4 || inet_pton(AF_INET, words[2], &server.sin_addr) != 1)
		return 2;
	int64_t nanoseconds = atof(words[3]) * 1e9, warm = 500000000;
	if (!strcmp(words[1], "sink"))
		bulk(5001, nanoseconds, warm);
	else if (!strcmp(words[1], "source"))
		bulk(5002, nanoseconds, warm);
	else if (!strcmp(words[1], "rr"))
		round_trips(nanoseconds, warm);
	else if (!strcmp(words[1], "crr"))
		connections(nanoseconds, warm);
	else if (!strcmp(words[1], "many") && count > 4)
		many(nanoseconds, warm, atoi(words[4]));
	else if (!strcmp(words[1], "copy"))
		copy(atoll(words[3]) & ~7ll);
	else
		return 2;
	return 0;
}
