/* SPDX-License-Identifier: MIT */
/* The boot screen, asked of a QEMU that is a process of the test: a good one, and bad ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client_internal.h"
#include "test_run.h"

#define DOMID 7

static char dir[] = "/tmp/xengt-qmp-XXXXXX";

/* What the QEMU does when it is asked for its screen: writes this, and answers that. */
static const struct behaviour {
	const char *ppm;
	size_t ppm_B;
	const char *answer;
	bool good;
} behaviours[] = {
	{ "P6\n2 1\n255\n\x10\x20\x30\x40\x50\x60", 17, "{\"return\": {}}\n", true },
	{ "P6 2 1 255 \x10\x20\x30\x40\x50\x60", 17, "{\"event\": 1}\n{\"return\": {}}\n", true },
	{ "P6\n2 1\n255\n\x10\x20\x30\x40\x50", 16, "{\"return\": {}}\n", false },
	{ "P6\n20000 20000\n255\n\x10", 20, "{\"return\": {}}\n", false },
	{ "P6\n0 1\n255\n\x10", 12, "{\"return\": {}}\n", false },
	{ "P6\n-1 -1\n255\n\x10", 14, "{\"return\": {}}\n", false },
	{ "P5\n2 1\n255\n\x10\x20\x30\x40\x50\x60", 17, "{\"return\": {}}\n", false },
	{ "P6\n2 1\n255", 10, "{\"return\": {}}\n", false },
	{ "", 0, "{\"return\": {}}\n", false },
	{ "", 0, "{\"error\": {}}\n", false },
	{ "", 0, NULL, false }, /* goes away */
};

/* One command; the descriptor that came with it stays in *fd. */
static void take_command(int sock, const char *name, int *fd)
{
	char text[512] = "", control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	if (recvmsg(sock, &msg, 0) <= 0 || !strstr(text, name)) {
		_exit(2);
	}
	if (CMSG_FIRSTHDR(&msg)) {
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	}
}

static void say(int sock, const char *text)
{
	if (write(sock, text, strlen(text)) < 0) {
		_exit(3);
	}
}

static void be_qemu(int listener, const struct behaviour *b)
{
	int sock = accept(listener, NULL, NULL), fd = -1;

	say(sock, "{\"QMP\": {\"version\": {}}}\n");
	take_command(sock, "qmp_capabilities", &fd);
	say(sock, "{\"return\": {}}\n");
	take_command(sock, "add-fd", &fd);
	say(sock, "{\"return\": {\"fd\": 1}}\n");
	take_command(sock, "screendump", &fd);
	if (write(fd, b->ppm, b->ppm_B) != (ssize_t)b->ppm_B) {
		_exit(4);
	}
	if (!b->answer) {
		_exit(0);
	}
	say(sock, b->answer);
	take_command(sock, "remove-fd", &fd);
	say(sock, "{\"return\": {}}\n");
	_exit(0);
}

START_TEST(a_picture_comes_from_a_qemu_that_behaves_and_from_no_other)
{
	const struct behaviour *b = &behaviours[_i];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), status, ret;
	struct xengt_picture p;
	pid_t qemu;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/qmp-libxenstat-%u", dir, DOMID);
	unlink(addr.sun_path);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	qemu = fork();
	if (!qemu) {
		be_qemu(listener, b);
	}
	ret = client_boot_picture(DOMID, &p);
	ck_assert_int_eq(waitpid(qemu, &status, 0), qemu);
	ck_assert_int_eq(status, 0);
	close(listener);
	unlink(addr.sun_path);
	ck_assert_int_eq(ret == 0, b->good);
	if (b->good) {
		ck_assert_uint_eq(p.frame.width_px, 2);
		ck_assert_uint_eq(p.frame.height_px, 1);
		ck_assert_uint_eq(p.frame.flags, XENGT_BOOT);
		ck_assert_mem_eq(p.pixels, "\x30\x20\x10\0\x60\x50\x40\0", 8);
		xengt_picture_release(&p);
	}
}
END_TEST

START_TEST(where_no_qemu_is_there_is_no_picture)
{
	struct xengt_picture p;

	ck_assert_int_lt(client_boot_picture(DOMID + 1, &p), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot_picture");
	TCase *tc = tcase_create("boot_picture");
	int ret;

	if (!mkdtemp(dir) || setenv("XENGT_QMP_DIR", dir, 1)) {
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, a_picture_comes_from_a_qemu_that_behaves_and_from_no_other, 0,
			    sizeof(behaviours) / sizeof(behaviours[0]));
	tcase_add_test(tc, where_no_qemu_is_there_is_no_picture);
	suite_add_tcase(suite, tc);
	ret = test_run(suite);
	rmdir(dir);
	return ret;
}
