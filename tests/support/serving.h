/* SPDX-License-Identifier: MIT */
/* A vGPU that is served over a real socket, in a directory of the test's own. */
#ifndef SERVING_H
#define SERVING_H

#include <sys/types.h>

#include "screen.h"
#include "xengt/protocol.h"
#include "xengt/vgpu.h"

struct serving {
	struct screen s;
	struct gt_server *server;
	char dir[32], path[64]; /* of the socket; also in XENGT_SOCKET_DIR */
	unsigned nr_fds_before;
	int input_fd; /* -1, or where clients' input arrives: serving_take_input() */
};

/* Domain 7, called "guest". Aborts if it cannot be made; close also if a descriptor leaked. */
void serving_open(struct serving *w);
void serving_close(struct serving *w);

/* Descriptors this process has. */
unsigned serving_nr_fds(void);
int serving_listen(const char *path);
/* From now on input is taken; struct gt_input packets can be read, without waiting. */
void serving_take_input(struct serving *w);
/* A client's end. */
int serving_connect(const struct serving *w);
/* Let the server do all it has to do; aborts if that never ends. */
void serving_settle(struct serving *w);
/* A reply that has come to a client, its payload dropped; false if there was none. */
bool serving_reply(int fd, struct xengt_reply *r);
/* Whether the client at @fd is still served. */
bool serving_works(struct serving *w, int fd);
/* A process that serves, by the clock on the wall, until it is killed. */
pid_t serving_fork(struct serving *w);
/* Send @sig to the child *@pid unless it is 0, wait for its end, forget it; its status, -1 if there
 * was none. */
int serving_end(pid_t *pid, int sig);
/* A linear 256x64 plane whose bytes are blue, green and red of x. */
void serving_show(struct serving *w);

/* Run @command by a shell; what it prints is in @text, cut off at @size bytes. Its exit status. */
int serving_run(const char *command, char *text, size_t size);

struct xengt_request serving_request(uint32_t command);

#endif
