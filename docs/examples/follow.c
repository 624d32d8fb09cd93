/* SPDX-License-Identifier: MIT */
/*
 * Follows what a guest shows: says where each new picture differs from the one before.
 *
 *   cc follow.c $(pkg-config --cflags --libs xengt) && ./a.out DOMAIN [PICTURES]
 */
#include <stdio.h>
#include <stdlib.h>

#include <xengt/client.h>

static void tell(const struct xengt_frame *f)
{
	printf("picture %llu, %ux%u:", (unsigned long long)f->serial, f->width_px, f->height_px);
	for (uint32_t i = 0; i < f->nr_damage; i++) {
		const struct xengt_rect *r = &f->damage[i];

		printf(" %ux%u at %u,%u", r->w_px, r->h_px, r->x_px, r->y_px);
	}
	putchar('\n');
}

/* One picture, if there is a new one; the serial of the last is in @what. */
static int look(struct xengt_client *c, struct xengt_capture *what)
{
	struct xengt_picture p;
	int ret = xengt_capture(c, what, &p);

	if (ret) {
		return ret;
	}
	if (!(p.frame.flags & XENGT_UNCHANGED)) {
		tell(&p.frame); /* the pixels are at p.pixels, rows p.frame.stride_B apart */
	}
	what->since = p.frame.serial;
	xengt_picture_release(&p);
	return 0;
}

int main(int argc, char **argv)
{
	struct xengt_capture what = { .flags = XENGT_TRACK | XENGT_HOLD, .timeout_ms = 60000 };
	long nr = argc > 2 ? atol(argv[2]) : 10;
	struct xengt_client *c;
	int ret;

	if (argc < 2) {
		fprintf(stderr, "usage: follow DOMAIN [PICTURES]\n");
		return 1;
	}
	ret = xengt_connect(argv[1], &c);
	if (ret) {
		fprintf(stderr, "%s: %s\n", argv[1], xengt_strerror(ret));
		return 1;
	}
	for (long i = 0; !ret && i < nr; i++) {
		ret = look(c, &what); /* the first at once, others when they are other ones */
	}
	if (ret) {
		fprintf(stderr, "%s: %s\n", argv[1], xengt_strerror(ret));
	}
	xengt_disconnect(c);
	return ret != 0;
}
