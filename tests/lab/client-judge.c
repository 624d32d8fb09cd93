/* SPDX-License-Identifier: MIT */
/*
 * Clients of a worker's socket in Dom0 that nobody would write on purpose, one that hands a picture
 * to another driver, and judges of pictures that have numbers in them.
 *
 *   client-judge crowd SOCKET N      N connections at once; says how many were served and refused
 *   client-judge garbage SOCKET N    N packets of every size and content, descriptors along
 *   client-judge mute SOCKET         asks for pictures and never reads; ends when it is closed
 *   client-judge dmabuf DOMAIN CARD  a picture as a dma-buf, imported by the DRM driver of CARD and
 *                                    read back there
 *   client-judge numbers DOMAIN N    N pictures of head 0, where a guest flips as tests/kms/heads.c
 *                                    does: none torn, none older than one before it or than what
 *                                    was shown when it was asked for
 *   client-judge recorded WIDTH HEIGHT TIMES HZ
 *                                    frames of that size from standard input, of a guest that
 *                                    flips so at HZ at most; TIMES has a line for each:
 *                                    none torn, and no number missing that there was no time for
 *
 * The exit status is 0 if all was as it should be, else 1 with a sentence.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <libdrm/drm.h>
#include <xengt/client.h>

#define PATIENCE_MS 20000

static int bad(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

static struct xengt_request request(uint32_t command)
{
	return (struct xengt_request){ .magic = XENGT_PROTOCOL_MAGIC, .command = command };
}

/* The status of the next reply; -1: closed or nothing in time. */
static int status_of(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char buf[1024];
	struct xengt_reply r;

	if (poll(&p, 1, PATIENCE_MS) != 1 || recv(fd, buf, sizeof(buf), 0) < (ssize_t)sizeof(r)) {
		return -1;
	}
	memcpy(&r, buf, sizeof(r));
	return (int)r.status;
}

static int crowd(const char *path, int nr)
{
	int *fd = calloc((size_t)nr, sizeof(*fd)), served = 0, refused = 0;

	for (int i = 0; i < nr; i++) {
		struct xengt_request req = request(XENGT_CMD_INFO);

		fd[i] = dial(path);
		if (fd[i] < 0) {
			return bad("connect");
		}
		send(fd[i], &req, sizeof(req), MSG_NOSIGNAL);
		switch (status_of(fd[i])) {
		case XENGT_OK:
			served++;
			break;
		case XENGT_E_BUSY:
			refused++;
			break;
		default:
			break;
		}
	}
	printf("served %d refused %d\n", served, refused);
	return !(served && served <= XENGT_MAX_CLIENTS && served + refused == nr);
}

static void send_garbage(int fd, unsigned n)
{
	struct xengt_request req = request((uint32_t)rand() % 8);
	uint8_t packet[4096];
	size_t len = n % 3 ? sizeof(req) : (size_t)rand() % sizeof(packet);
	struct iovec iov = { packet, len };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	for (size_t i = 0; i < sizeof(packet); i++) {
		packet[i] = (uint8_t)rand();
	}
	if (n % 5) {
		memcpy(packet, &req, sizeof(req));
		packet[(size_t)rand() % sizeof(req)] ^= (uint8_t)(1 << rand() % 8);
	}
	if (n % 7 == 0) {
		struct cmsghdr *c;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &(int){ STDIN_FILENO }, sizeof(int));
	}
	sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int garbage(const char *path, unsigned nr)
{
	for (unsigned n = 0; n < nr; n++) {
		int fd = dial(path);

		if (fd < 0) {
			return bad("connect");
		}
		send_garbage(fd, n);
		close(fd);
	}
	return 0;
}

static int mute(const char *path)
{
	struct xengt_request req = request(XENGT_CMD_SNAPSHOT);
	int fd = dial(path);
	struct pollfd p = { fd, 0, 0 };

	if (fd < 0) {
		return bad("connect");
	}
	for (int i = 0; i < 1000; i++) {
		if (send(fd, &req, sizeof(req), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
		    errno != EAGAIN) {
			return 0;
		}
		if (poll(&p, 1, 20) == 1) {
			return 0;
		}
	}
	fprintf(stderr, "still connected\n");
	return 1;
}

/* Read @size_B bytes of what @card made of @dmabuf, by way of that driver. */
static int read_back(int card, int dmabuf, size_t size_B, const void *want)
{
	struct drm_prime_handle prime = { .fd = dmabuf };
	struct drm_mode_map_dumb map = { 0 };
	struct drm_prime_handle out = { .flags = DRM_CLOEXEC | DRM_RDWR };
	const void *at;

	if (ioctl(card, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime)) {
		return bad("import");
	}
	map.handle = prime.handle;
	if (!ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)) {
		at = mmap(NULL, size_B, PROT_READ, MAP_SHARED, card, (off_t)map.offset);
	} else {
		out.handle = prime.handle;
		if (ioctl(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &out)) {
			return bad("export");
		}
		at = mmap(NULL, size_B, PROT_READ, MAP_SHARED, out.fd, 0);
	}
	if (at == MAP_FAILED) {
		return bad("mmap of the import");
	}
	if (memcmp(at, want, size_B)) {
		fprintf(stderr, "the import differs from the picture\n");
		return 1;
	}
	return 0;
}

static int hand_on(const char *domain, const char *path)
{
	const struct xengt_capture what = { .flags = XENGT_DMABUF };
	int card = open(path, O_RDWR | O_CLOEXEC), dmabuf, ret;
	struct xengt_picture p;
	struct xengt_client *c;

	if (card < 0) {
		return bad(path);
	}
	ret = xengt_connect(domain, &c);
	if (!ret) {
		ret = xengt_capture(c, &what, &p);
	}
	if (ret) {
		fprintf(stderr, "%s\n", xengt_strerror(ret));
		return 1;
	}
	dmabuf = xengt_picture_dmabuf(&p);
	if (dmabuf < 0) {
		errno = -dmabuf;
		return bad("udmabuf");
	}
	ret = read_back(card, dmabuf, p.frame.size_B, p.pixels);
	printf("%ux%u, %llu bytes\n", p.frame.width_px, p.frame.height_px,
	       (unsigned long long)p.frame.size_B);
	xengt_disconnect(c);
	return ret;
}

/* --- numbers ------------------------------------------------------------------------------- */

/* The number that every eighth row is full of, or -1. */
static int64_t number_of(const struct xengt_picture *p)
{
	const uint8_t *row = p->pixels;
	const uint32_t mask = 0xffffff, number = *(const uint32_t *)p->pixels & mask;

	for (uint32_t y = 0; y < p->frame.height_px; y += 8) {
		const uint32_t *px = (const uint32_t *)(const void *)row;

		for (uint32_t x = 0; x < p->frame.width_px; x++) {
			if ((px[x] & mask) != number) {
				fprintf(stderr, "torn: %u at 0, 0, but %u at %u, %u\n", number,
					px[x] & mask, x, y);
				return -1;
			}
		}
		row += (size_t)p->frame.stride_B * 8;
	}
	return number;
}

/* Flips of pipe A that the guest has asked for, or -1. */
static int64_t nr_flips(struct xengt_client *c)
{
	char *text, *at;
	long long nr = -1;

	if (xengt_regs(c, &text)) {
		return -1;
	}
	at = strstr(text, " PIPE_FLIPCNT_A ");
	if (at) {
		nr = strtoll(at + strlen(" PIPE_FLIPCNT_A "), NULL, 0);
	}
	free(text);
	return nr;
}

/* What is known from all pictures so far: by how much flips can be ahead of the number shown. */
struct numbers {
	int64_t last, least, most;
	unsigned nr_new;
};

/*
 * A picture asked for after @before flips, and there before flip @after + 1, shows one of
 * these flips, or the one before them that has not been followed yet.
 */
static int judge_number(struct numbers *n, int64_t number, int64_t before, int64_t after)
{
	if (number < n->last) {
		fprintf(stderr, "stale: %lld after %lld\n", (long long)number, (long long)n->last);
		return 1;
	}
	n->nr_new += number != n->last;
	n->last = number;
	n->least = before - 1 - number > n->least ? before - 1 - number : n->least;
	n->most = after - number < n->most ? after - number : n->most;
	if (n->least > n->most) {
		fprintf(stderr, "stale: number %lld, flips %lld to %lld\n", (long long)number,
			(long long)before, (long long)after);
		return 1;
	}
	return 0;
}

static int numbers(const char *domain, unsigned nr)
{
	struct numbers n = { .last = -1, .least = INT64_MIN, .most = INT64_MAX };
	struct xengt_client *c;
	int ret = xengt_connect(domain, &c);

	for (unsigned i = 0; !ret && i < nr; i++) {
		struct xengt_picture p;
		int64_t before = nr_flips(c), number, after;

		ret = xengt_snapshot(c, 0, &p);
		if (ret) {
			break;
		}
		after = nr_flips(c);
		number = number_of(&p);
		xengt_picture_release(&p);
		if (before < 0 || after < 0 || number < 0 ||
		    judge_number(&n, number, before, after)) {
			return 1;
		}
		usleep((useconds_t)(rand() % 20000)); /* any moment of a frame */
	}
	if (ret) {
		fprintf(stderr, "%s\n", xengt_strerror(ret));
		return 1;
	}
	printf("%u pictures, %u different ones, the last number %lld\n", nr, n.nr_new,
	       (long long)n.last);
	xengt_disconnect(c);
	return n.nr_new < nr / 10;
}

/* --- recordings ---------------------------------------------------------------------------- */

/* The next frame's pixels, 4 bytes each; false at the end. */
static bool read_frame(struct xengt_picture *p)
{
	return fread((void *)p->pixels, p->frame.size_B, 1, stdin) == 1;
}

/*
 * A number that is missing was shown between two pictures of the recording: in the time from one to
 * the other there must have been as many frames.
 */
static int recorded(uint32_t w_px, uint32_t h_px, const char *times_path, double hz)
{
	struct xengt_picture p = {
		.frame = { .width_px = w_px, .height_px = h_px, .stride_B = w_px * 4,
			   .size_B = (uint64_t)w_px * h_px * 4 },
		.pixels = malloc((size_t)w_px * h_px * 4),
	};
	FILE *times = fopen(times_path, "r");
	double first_s = 0, last_s = 0, now_s;
	int64_t first = -1, last = -1;
	unsigned nr = 0;
	bool is_end = false; /* the last picture once more, which says how long it was shown */

	if (!p.pixels || !times) {
		return 1;
	}
	while (read_frame(&p)) {
		int64_t number = number_of(&p);

		if (number < 0) {
			return 1;
		}
		if (fscanf(times, "%lf%*[^\n]", &now_s) != 1) {
			fprintf(stderr, "picture %u has no time\n", nr);
			return 1;
		}
		if (nr && (is_end || number < last ||
			   number - last > (now_s - last_s) * hz + 2)) {
			fprintf(stderr, "picture %u: %lld at %.3f s after %lld at %.3f s\n", nr,
				(long long)number, now_s, (long long)last, last_s);
			return 1;
		}
		is_end = nr && number == last;
		first = nr ? first : number;
		first_s = nr ? first_s : now_s;
		last = number;
		last_s = now_s;
		nr++;
	}
	printf("%u pictures in %.1f s, of %lld numbers\n", nr, last_s - first_s,
	       (long long)(last - first + 1));
	return nr < 2;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "crowd")) {
		return crowd(argv[2], atoi(argv[3]));
	}
	if (argc == 4 && !strcmp(argv[1], "garbage")) {
		return garbage(argv[2], (unsigned)atoi(argv[3]));
	}
	if (argc == 3 && !strcmp(argv[1], "mute")) {
		return mute(argv[2]);
	}
	if (argc == 4 && !strcmp(argv[1], "dmabuf")) {
		return hand_on(argv[2], argv[3]);
	}
	if (argc == 6 && !strcmp(argv[1], "recorded")) {
		return recorded((uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]), argv[4],
				atof(argv[5]));
	}
	if (argc == 4 && !strcmp(argv[1], "numbers")) {
		return numbers(argv[2], (unsigned)atoi(argv[3]));
	}
	fprintf(stderr, "usage: see the head of client-judge.c\n");
	return 1;
}
