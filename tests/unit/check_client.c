/* SPDX-License-Identifier: MIT */
/* The library and the tools against the server, over a real socket. */
#define _GNU_SOURCE
#include "xengt/client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "serving.h"
#include "test_run.h"

static struct serving w;

static void set_up(void)
{
	serving_open(&w);
}

static void tear_down(void)
{
	serving_close(&w);
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

START_TEST(the_library_gets_everything_by_name_and_by_id)
{
	static const char *const domains[] = { "guest", "7" };
	pid_t pid;

	serving_show(&w);
	pid = serving_fork(&w);
	for (size_t i = 0; i < GT_ARRAY_SIZE(domains); i++) {
		struct xengt_picture pic;
		struct xengt_client *c;
		struct xengt_info info;
		char *text;

		ck_assert_int_eq(xengt_connect(domains[i], &c), 0);
		ck_assert_int_eq(xengt_info(c, &info), 0);
		ck_assert_uint_eq(info.domid, 7);
		ck_assert_str_eq(info.name, "guest");
		ck_assert_str_eq(info.platform, gt_platforms[GT_SKL].name);
		ck_assert(info.width_px == 256 && info.height_px == 64 && info.hz);
		ck_assert_uint_eq(info.pid, (uint32_t)pid);
		ck_assert_int_eq(xengt_snapshot(c, 0, &pic), 0);
		ck_assert_uint_eq(pic.frame.width_px, 256);
		ck_assert_uint_eq(((const uint8_t *)pic.pixels)[4 * 77], 77);
		xengt_picture_release(&pic);
		ck_assert_int_eq(xengt_snapshot(c, 5, &pic), XENGT_E_NO_HEAD);
		ck_assert_int_eq(xengt_stats(c, &text), 0);
		ck_assert_ptr_nonnull(strstr(text, i ? "\nsnapshots 2\n" : "\nsnapshots 1\n"));
		ck_assert_ptr_nonnull(strstr(text, "\nexits.write.PLANE_SURF_1_A 1\n"));
		free(text);
		ck_assert_int_eq(xengt_regs(c, &text), 0);
		ck_assert_ptr_nonnull(strstr(text, "\n0x070180 PLANE_CTL_1_A 0x84042000\n"));
		free(text);
		xengt_disconnect(c);
	}
	stop(pid);
}
END_TEST

START_TEST(the_library_tells_what_is_wrong)
{
	struct xengt_client *c;
	struct xengt_picture pic;
	uint32_t *ids;
	size_t nr;
	pid_t pid = serving_fork(&w);

	ck_assert_int_eq(xengt_connect("8", &c), -ENOENT);
	ck_assert_int_eq(xengt_connect("other", &c), -ENOENT);
	ck_assert_int_eq(xengt_connect("", &c), -ENOENT);
	ck_assert_int_eq(xengt_list(&ids, &nr), 0);
	ck_assert(nr == 1 && ids[0] == 7);
	free(ids);
	ck_assert_int_eq(xengt_connect("7", &c), 0);
	ck_assert_int_eq(xengt_snapshot(c, 0, &pic), XENGT_E_NO_DRIVER);
	ck_assert_str_ne(xengt_strerror(XENGT_E_NO_DRIVER), "");
	stop(pid);
	gt_server_destroy(w.server);
	w.server = NULL;
	ck_assert_int_lt(xengt_snapshot(c, 0, &pic), 0);
	xengt_disconnect(c);
	ck_assert_int_eq(xengt_connect("7", &c), -ECONNREFUSED);
	ck_assert_int_eq(xengt_list(&ids, &nr), 0);
	ck_assert_uint_eq(nr, 0);
	free(ids);
}
END_TEST

START_TEST(the_library_believes_no_nonsense)
{
	struct xengt_client *c;
	struct xengt_info info;
	char *text;
	int peer, listener;
	char packet[600];

	gt_server_destroy(w.server);
	w.server = NULL;
	unlink(w.path);
	listener = serving_listen(w.path);
	for (unsigned kind = 0; kind < 6; kind++) {
		struct xengt_reply r = { .magic = XENGT_PROTOCOL_MAGIC,
					 .command = XENGT_CMD_INFO,
					 .payload_B = sizeof(info) };
		size_t len = sizeof(r) + sizeof(info);

		ck_assert_int_eq(xengt_connect("7", &c), 0);
		peer = accept(listener, NULL, NULL);
		memset(packet, 0x41, sizeof(packet));
		r.magic += kind == 0;
		r.command += kind == 1;
		r.payload_B += kind == 2;
		len = kind == 3 ? 10 : len;
		len = kind == 4 ? sizeof(packet) : len;
		memcpy(packet, &r, sizeof(r));
		ck_assert_int_eq(send(peer, packet, len, 0), (ssize_t)len);
		if (kind == 5) {
			/* Well formed, but a name without an end. */
			ck_assert_int_eq(xengt_info(c, &info), 0);
			ck_assert_uint_eq(strlen(info.name), sizeof(info.name) - 1);
		} else {
			ck_assert_int_eq(xengt_info(c, &info), -EPROTO);
		}
		/* Text without a descriptor. */
		r = (struct xengt_reply){ XENGT_PROTOCOL_MAGIC, XENGT_CMD_STATS, 0, 8, "" };
		memcpy(packet, &r, sizeof(r));
		ck_assert_int_gt(send(peer, packet, sizeof(r) + 8, 0), 0);
		ck_assert_int_eq(xengt_stats(c, &text), -EPROTO);
		close(peer);
		ck_assert_int_lt(xengt_info(c, &info), 0);
		xengt_disconnect(c);
	}
	close(listener);
}
END_TEST

/* Draws a pixel more every @ms. */
static pid_t draw(unsigned ms)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (unsigned i = 0;; i++) {
			*screen_mem(&w.s, w.s.base + i * 4 % 65536) ^= 0x55;
			usleep(ms * 1000);
		}
	}
	return pid;
}

static int run(const char *command)
{
	char full[512];
	int status;

	snprintf(full, sizeof(full), "./%s >%s/out 2>%s/err", command, w.dir, w.dir);
	status = system(full);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool file_has(const char *name, const char *what)
{
	static char text[400000];
	char file[64];
	FILE *f;
	size_t len;

	snprintf(file, sizeof(file), "%s/%s", w.dir, name);
	f = fopen(file, "r");
	ck_assert_ptr_nonnull(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	return memmem(text, len, what, strlen(what));
}

static void remove_files(void)
{
	static const char *const names[] = { "out", "err", "a.png" };

	for (size_t i = 0; i < GT_ARRAY_SIZE(names); i++) {
		char file[64];

		snprintf(file, sizeof(file), "%s/%s", w.dir, names[i]);
		unlink(file);
	}
}

/* What a terminal obeys: an escape, a control of 8 bits, the same in UTF-8, and no UTF-8 at all. */
#define NASTY "a\033[2J\002\177 \200 \302\233 \303 \340\200\233 b"
#define CLEAN "a?[2J?? ? ?? ? ??? b"
/* And what it shows. */
#define FOREIGN "\303\251 \342\202\254 \360\237\220\247"

static void send_text(int peer, const char *text)
{
	struct xengt_reply r = { XENGT_PROTOCOL_MAGIC, XENGT_CMD_STATS, 0, 8, "" };
	struct xengt_text t = { strlen(text) };
	int fd = memfd_create("text", MFD_ALLOW_SEALING);
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov[2] = { { &r, sizeof(r) }, { &t, sizeof(t) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2, .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE), 0);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ck_assert_int_gt(sendmsg(peer, &msg, 0), 0);
	close(fd);
}

START_TEST(nothing_that_a_terminal_obeys_comes_out_of_a_workers_words)
{
	struct xengt_reply r = { XENGT_PROTOCOL_MAGIC, XENGT_CMD_INFO, XENGT_E_INTERNAL, 0, NASTY };
	struct {
		struct xengt_reply head;
		struct xengt_info info;
	} who = { { XENGT_PROTOCOL_MAGIC, XENGT_CMD_INFO, 0, sizeof(who.info), FOREIGN },
		  { .name = NASTY, .platform = "\n\r\t" FOREIGN } };
	struct xengt_client *c;
	struct xengt_info info;
	int peer, listener;
	char *text;

	gt_server_destroy(w.server);
	w.server = NULL;
	unlink(w.path);
	listener = serving_listen(w.path);
	ck_assert_int_eq(xengt_connect("7", &c), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_gt(send(peer, &r, sizeof(r), 0), 0);
	ck_assert_int_eq(xengt_info(c, &info), XENGT_E_INTERNAL);
	ck_assert_str_eq(xengt_detail(c), CLEAN);
	ck_assert_int_gt(send(peer, &who, sizeof(who), 0), 0);
	ck_assert_int_eq(xengt_info(c, &info), 0);
	ck_assert_str_eq(xengt_detail(c), FOREIGN);
	ck_assert_str_eq(info.name, CLEAN);
	ck_assert_str_eq(info.platform, "???" FOREIGN);
	send_text(peer, NASTY "\n" FOREIGN " 1\n\360\237\220");
	ck_assert_int_eq(xengt_stats(c, &text), 0);
	ck_assert_str_eq(text, CLEAN "\n" FOREIGN " 1\n???");
	free(text);
	close(peer);
	close(listener);
	xengt_disconnect(c);
}
END_TEST

START_TEST(a_series_has_numbers_and_ends)
{
	char command[160], file[64];
	pid_t pid, pen;

	serving_show(&w);
	pid = serving_fork(&w);
	pen = draw(20);
	snprintf(command, sizeof(command),
		 "xengt-screenshot 7 --on-change --count 3 -o %s/s%%02d.qoi", w.dir);
	ck_assert_int_eq(run(command), 0);
	for (unsigned i = 1; i <= 3; i++) {
		snprintf(file, sizeof(file), "s%02u.qoi", i);
		ck_assert(file_has(file, "qoif"));
		snprintf(file, sizeof(file), "%s/s%02u.qoi", w.dir, i);
		unlink(file);
	}
	stop(pen);
	ck_assert_int_eq(run("xengt-screenshot 7 -f ppm --region 16x8+3+4 --no-cursor -o - "
			     "--every 0.01 --count 2"), 0);
	ck_assert(file_has("out", "P6\n16 8\n255\n"));
	ck_assert_int_eq(run("xengt-screenshot 7 --region 257x8+0+0"), 4);
	ck_assert(file_has("err", "256x64"));
	ck_assert_int_eq(run("xengt-screenshot 7 --plane 1"), 4);
	ck_assert_int_eq(run("xengt-screenshot 7 --region 5"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --every 0"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --count 2"), 1);
	stop(pid);
	remove_files();
}
END_TEST

START_TEST(a_native_picture_is_the_planes_memory_and_says_what_it_is)
{
	static const char said[] = "7: note: 256x64 XR24, modifier 0x0000000000000000, "
				   "rows of 1024 bytes, the picture begins at 0,0\n";
	char command[120], file[64], got[GT_PAGE_SIZE];
	pid_t pid;
	FILE *f;

	serving_show(&w);
	pid = serving_fork(&w);
	snprintf(file, sizeof(file), "%s/a.raw", w.dir);
	snprintf(command, sizeof(command), "xengt-screenshot 7 --plane 0 --native -o %s", file);
	ck_assert_int_eq(run(command), 0);
	ck_assert(file_has("err", said));
	f = fopen(file, "rb");
	ck_assert_ptr_nonnull(f);
	for (unsigned page = 0; page < 16; page++) {
		ck_assert_uint_eq(fread(got, sizeof(got), 1, f), 1);
		ck_assert_mem_eq(got, screen_mem(&w.s, w.s.base + page * GT_PAGE_SIZE),
				 sizeof(got));
	}
	ck_assert_int_eq(fgetc(f), EOF);
	fclose(f);
	unlink(file);
	ck_assert_int_eq(run("xengt-screenshot 7 --native"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --native --plane 0 -f png"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --native --plane 0 --region 1x1+0+0"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --native --plane 0 --on-change"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --native --plane 1"), 4);
	stop(pid);
	remove_files();
}
END_TEST

START_TEST(the_example_follows_what_is_drawn)
{
	pid_t pid, pen;

	serving_show(&w);
	pid = serving_fork(&w);
	pen = draw(20);
	ck_assert_int_eq(run("example_follow guest 3"), 0);
	ck_assert(file_has("out", "256x64"));
	ck_assert(file_has("out", "64x16 at 0,0"));
	stop(pen);
	stop(pid);
	remove_files();
}
END_TEST

START_TEST(the_library_tracks_and_waits)
{
	struct xengt_capture what = { .flags = XENGT_TRACK | XENGT_DMABUF };
	struct xengt_picture p;
	struct xengt_client *c;
	bool changed = true;
	pid_t pid;
	int fd;

	serving_show(&w);
	pid = serving_fork(&w);
	ck_assert_int_eq(xengt_connect("7", &c), 0);
	ck_assert_int_eq(xengt_capture(c, &what, &p), 0);
	fd = xengt_picture_dmabuf(&p); /* only where there is udmabuf */
	ck_assert_msg(fd >= 0 || fd == -ENOENT || fd == -EACCES || fd == -ENODEV || fd == -ENXIO,
		      "%s", strerror(-fd));
	if (fd >= 0) {
		close(fd);
	}
	what.since = p.frame.serial;
	xengt_picture_release(&p);
	ck_assert_int_eq(xengt_picture_dmabuf(&p), -EINVAL);
	ck_assert_int_eq(xengt_capture(c, &what, &p), 0);
	ck_assert_uint_eq(p.frame.flags, XENGT_UNCHANGED);
	ck_assert_ptr_null(p.pixels);
	xengt_picture_release(&p);
	xengt_disconnect(c);
	ck_assert_int_eq(xengt_connect("7", &c), 0);
	ck_assert_int_eq(xengt_wait(c, 1, 1000, &changed), 0);
	ck_assert(changed);
	xengt_disconnect(c);
	stop(pid);
}
END_TEST

START_TEST(the_tools_say_and_return_what_their_manuals_promise)
{
	char command[128];
	pid_t pid = serving_fork(&w);

	ck_assert_int_eq(run("xengtctl list"), 0);
	ck_assert(file_has("out", "guest") && file_has("out", "off"));
	ck_assert_int_eq(run("xengt-screenshot guest -o -"), 4);
	ck_assert(file_has("err", "driver has not started"));
	stop(pid);
	serving_show(&w);
	pid = serving_fork(&w);
	snprintf(command, sizeof(command), "xengt-screenshot 7 -o %s/a.png", w.dir);
	ck_assert_int_eq(run(command), 0);
	ck_assert(file_has("a.png", "\x89PNG"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o - -f ppm"), 0);
	ck_assert(file_has("out", "P6\n256 64\n255\n"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o /dev/full"), 6);
	ck_assert(file_has("err", "No space left"));
	ck_assert_int_eq(run("xengt-screenshot 7 -o /none/a.png"), 6);
	ck_assert_int_eq(run("xengt-screenshot"), 1);
	ck_assert_int_eq(run("xengt-screenshot 7 --format gif"), 1);
	ck_assert_int_eq(run("xengtctl stats 7"), 0);
	ck_assert(file_has("out", "snapshots "));
	ck_assert_int_eq(run("xengtctl regs guest"), 0);
	ck_assert(file_has("out", "PLANE_CTL_1_A"));
	ck_assert_int_eq(run("xengtctl list"), 0);
	ck_assert(file_has("out", "256x64@"));
	ck_assert_int_eq(run("xengtctl stats 99999"), 3);
	ck_assert_int_eq(run("xengtctl frobnicate"), 1);
	ck_assert_int_eq(run("xengtctl --help"), 0);
	ck_assert_int_eq(run("xengt-screenshot --version"), 0);
	stop(pid);
	remove_files();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_library_gets_everything_by_name_and_by_id);
	tcase_add_test(tc, the_library_tells_what_is_wrong);
	tcase_add_test(tc, the_library_believes_no_nonsense);
	tcase_add_test(tc, nothing_that_a_terminal_obeys_comes_out_of_a_workers_words);
	tcase_add_test(tc, a_series_has_numbers_and_ends);
	tcase_add_test(tc, a_native_picture_is_the_planes_memory_and_says_what_it_is);
	tcase_add_test(tc, the_example_follows_what_is_drawn);
	tcase_add_test(tc, the_library_tracks_and_waits);
	tcase_add_test(tc, the_tools_say_and_return_what_their_manuals_promise);
	suite_add_tcase(suite, tc);
	return test_run(suite);
}
