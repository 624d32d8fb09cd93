/* SPDX-License-Identifier: MIT */
/*
 * The monitor file: which bytes of it are the EDID our guest sees, and whether they are one
 * (VESA E-EDID A2: header, and bytes that sum up to 0).
 */
#include "monitor_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MONITORS_MAX   3
#define FILE_HEADER_B  2
#define MONITOR_B      (2 + DM_EDID_SIZE)
#define FILE_MAX_B     4096

static bool is_edid(const uint8_t *p)
{
	static const uint8_t header[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	uint8_t sum = 0;

	for (size_t i = 0; i < DM_EDID_SIZE; i++) {
		sum = (uint8_t)(sum + p[i]);
	}
	return !sum && !memcmp(p, header, sizeof(header));
}

/* A number XenGT's tools wrote as a byte, and people as a digit. */
static unsigned small_number(uint8_t byte)
{
	return byte >= '0' && byte <= '9' ? byte - '0' : byte;
}

static const uint8_t *find_edid(const uint8_t *data, size_t len)
{
	size_t nr;

	if (len >= DM_EDID_SIZE && len % DM_EDID_SIZE == 0) {
		return data;
	}
	if (len < FILE_HEADER_B + MONITOR_B || small_number(data[0]) != 1) {
		return NULL;
	}
	nr = small_number(data[1]);
	if (!nr || nr > MONITORS_MAX || len < FILE_HEADER_B + nr * MONITOR_B) {
		return NULL;
	}
	return data + FILE_HEADER_B + 2;
}

int dm_monitor_parse(const uint8_t *data, size_t len, uint8_t edid[DM_EDID_SIZE],
		     struct gt_error *err)
{
	const uint8_t *p = find_edid(data, len);

	if (!p) {
		gt_error_set(err, "neither an EDID nor a XenGT monitor file (%zu bytes)", len);
		return -EINVAL;
	}
	if (!is_edid(p)) {
		gt_error_set(err, "the EDID in it has a wrong header or checksum");
		return -EINVAL;
	}
	memcpy(edid, p, DM_EDID_SIZE);
	/* We answer for one block: an extension would be announced, and then not be there. */
	edid[127] = (uint8_t)(edid[127] + edid[126]);
	edid[126] = 0;
	return 0;
}

int dm_monitor_read(const char *path, uint8_t edid[DM_EDID_SIZE], struct gt_error *err)
{
	uint8_t data[FILE_MAX_B];
	struct gt_error why;
	ssize_t n;
	int fd, ret;

	if (*path != '/') {
		gt_error_set(err, "vgt_monitor_config_file=%.300s: must be an absolute path", path);
		return -EINVAL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	n = fd < 0 ? -1 : read(fd, data, sizeof(data));
	if (n < 0) {
		ret = -errno;
		gt_error_set(err, "cannot read vgt_monitor_config_file=%.300s: %s", path,
			     strerror(-ret));
		goto out;
	}
	ret = dm_monitor_parse(data, (size_t)n, edid, &why);
	if (ret) {
		gt_error_set(err, "vgt_monitor_config_file=%.250s: %.200s", path, why.text);
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	return ret;
}
