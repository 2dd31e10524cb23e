/*
 * The most that any TCP could do on this machine's TUN device: a program that is none. It answers SYNs, acknowledges, echoes and
 * sends zeros as fast as the kernel's window lets it, and has no congestion control, no retransmission worth the name, no receive
 * checksums, no timestamps. One thread, IPv4.
 *
 * floor NAME [offload]    the device is made; whoever starts this gives it an address and sets it up after the line "ready".
 *                         Ports: 5001 discards, 5002 sends, 5003 echoes, 5004 echoes once and closes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MSS = 1460, BURST = 44 * MSS, SHIFT = 5, WINDOW = 1 << 20, BATCH = 64, ACK_EVERY = 16 * MSS };

struct conn {
	uint32_t next_in, next_out, unacked, window;
	uint32_t unanswered;
	uint8_t shift, state; /* 0 none, 1 SYN seen, 2 open, 3 FIN sent */
	uint16_t port;
};

static int device, offload;
static struct conn table[65536];
static uint8_t in[65536 + 64], out[65536 + 64];
static struct virtio_net_hdr in_header, out_header;
static uint16_t source_ports[64];
static int sources;

static uint32_t add(uint32_t sum, const void *octets, size_t length)
{
	const uint8_t *at = octets;
	for (; length > 1; length -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	return length ? sum + (at[0] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A payload that is not given is zeros, which the buffer holds and which need not be summed. */
static void send_segment(struct conn *c, uint32_t peer, uint32_t own, uint16_t peer_port, uint32_t seq, int flags, const void *options,
			 int option_length, const void *payload, int length)
{
	struct iphdr *ip = (void *)out;
	struct tcphdr *tcp = (void *)(out + 20);
	int header = 20 + option_length, total = 20 + header + length;
	memset(out, 0, 40);
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(total);
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->saddr = own;
	ip->daddr = peer;
	ip->frag_off = htons(0x4000);
	ip->check = htons(~fold(add(0, ip, 20)));
	tcp->source = htons(c->port);
	tcp->dest = peer_port;
	tcp->seq = htonl(seq);
	tcp->ack_seq = htonl(c->next_in);
	tcp->doff = header / 4;
	((uint8_t *)tcp)[13] = flags;
	tcp->window = htons(WINDOW >> SHIFT);
	memcpy(tcp + 1, options, option_length);
	if (payload)
		memcpy(out + 20 + header, payload, length);
	uint32_t sum = add(IPPROTO_TCP + header + length, &ip->saddr, 8);
	memset(&out_header, 0, sizeof out_header);
	if (offload) {
		tcp->check = htons(fold(sum));
		out_header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		out_header.csum_start = 20;
		out_header.csum_offset = 16;
		out_header.hdr_len = 20 + header;
		if (length > MSS) {
			out_header.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
			out_header.gso_size = MSS;
		}
		struct iovec parts[2] = { { &out_header, sizeof out_header }, { out, total } };
		if (writev(device, parts, 2) < 0 && errno != EAGAIN)
			exit(1);
	} else {
		tcp->check = htons(~fold(add(sum, tcp, header + (payload ? length : 0))));
		if (write(device, out, total) < 0 && errno != EAGAIN)
			exit(1);
	}
	memset(out + 40, 0, option_length + (payload ? length : 0));
	c->unanswered = 0;
}

static uint32_t peer_of_all, own_of_all;

static void pump(uint16_t port)
{
	struct conn *c = &table[port];
	int most = offload ? BURST : MSS;
	while (c->state == 2 && c->port == 5002 && c->next_out - c->unacked + most <= c->window) {
		send_segment(c, peer_of_all, own_of_all, htons(port), c->next_out, 0x10, 0, 0, 0, most);
		c->next_out += most;
	}
}

static void forget(uint16_t port)
{
	table[port].state = 0;
	for (int i = 0; i < sources; i++)
		if (source_ports[i] == port)
			source_ports[i] = source_ports[--sources];
}

static void answer_syn(struct conn *c, struct iphdr *ip, struct tcphdr *tcp)
{
	static const uint8_t options[] = { 2, 4, MSS >> 8, MSS & 255, 1, 3, 3, SHIFT };
	uint8_t *at = (void *)(tcp + 1), *end = (uint8_t *)tcp + tcp->doff * 4;
	memset(c, 0, sizeof *c);
	while (at < end && *at) {
		if (*at == 3)
			c->shift = at[2];
		at += *at == 1 ? 1 : at[1] ? at[1] : 40;
	}
	c->port = ntohs(tcp->dest);
	c->next_in = ntohl(tcp->seq) + 1;
	c->state = 1;
	c->unacked = c->next_out = 1000;
	send_segment(c, ip->saddr, ip->daddr, tcp->source, c->next_out++, 0x12, options, sizeof options, 0, 0);
}

static void take(int length)
{
	struct iphdr *ip = (void *)in;
	struct tcphdr *tcp = (void *)(in + 20);
	if (length < 40 || ip->version != 4 || ip->protocol != IPPROTO_TCP)
		return;
	uint16_t port = ntohs(tcp->source);
	struct conn *c = &table[port];
	int header = 20 + tcp->doff * 4, data = ntohs(ip->tot_len) - header;
	if (tcp->rst) {
		forget(port);
		return;
	}
	if (tcp->syn) {
		peer_of_all = ip->saddr;
		own_of_all = ip->daddr;
		answer_syn(c, ip, tcp);
		return;
	}
	if (!c->state)
		return;
	uint32_t ack = ntohl(tcp->ack_seq), seq = ntohl(tcp->seq);
	if ((int32_t)(ack - c->unacked) > 0)
		c->unacked = ack;
	c->window = ntohs(tcp->window) << c->shift;
	if (c->state == 1) {
		c->state = 2;
		if (c->port == 5002 && sources < 64)
			source_ports[sources++] = port;
	}
	if ((data > 0 || tcp->fin) && seq != c->next_in) {
		send_segment(c, ip->saddr, ip->daddr, tcp->source, c->next_out, 0x10, 0, 0, 0, 0);
		return;
	}
	c->next_in += data;
	c->unanswered += data;
	if (tcp->fin) {
		c->next_in++;
		int was = c->state;
		forget(port);
		send_segment(c, ip->saddr, ip->daddr, tcp->source, c->next_out, was == 3 ? 0x10 : 0x11, 0, 0, 0, 0);
	} else if (data > 0 && (c->port == 5003 || c->port == 5004)) {
		int last = c->port == 5004;
		send_segment(c, ip->saddr, ip->daddr, tcp->source, c->next_out, 0x18 | last, 0, 0, in + header, data);
		c->next_out += data + last;
		c->state = last ? 3 : 2;
	} else if (c->unanswered >= ACK_EVERY || (c->unanswered && tcp->psh))
		send_segment(c, ip->saddr, ip->daddr, tcp->source, c->next_out, 0x10, 0, 0, 0, 0);
}

static int read_packet(void)
{
	struct iovec parts[2] = { { &in_header, sizeof in_header }, { in, sizeof in } };
	if (!offload)
		return read(device, in, sizeof in);
	int length = readv(device, parts, 2);
	return length < 0 ? length : length - (int)sizeof in_header;
}

int main(int count, char **words)
{
	struct ifreq request = { 0 };
	offload = count > 2 && !strcmp(words[2], "offload");
	device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	if (device < 0 || count < 2)
		return 1;
	strncpy(request.ifr_name, words[1], IFNAMSIZ - 1);
	request.ifr_flags = IFF_TUN | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0);
	if (ioctl(device, TUNSETIFF, &request) || ioctl(device, TUNSETOFFLOAD, offload ? TUN_F_CSUM | TUN_F_TSO4 : 0))
		return 1;
	puts("ready");
	fflush(stdout);
	struct pollfd wait = { .fd = device, .events = POLLIN };
	for (;;) {
		if (poll(&wait, 1, 200) == 0)
			for (int i = 0; i < sources; i++) /* What was lost is sent again, all of it. */
				table[source_ports[i]].next_out = table[source_ports[i]].unacked;
		for (int i = 0; i < BATCH; i++) {
			int length = read_packet();
			if (length <= 0)
				break;
			take(length);
		}
		for (int i = 0; i < sources; i++)
			pump(source_ports[i]);
	}
}
