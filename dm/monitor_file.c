/* SPDX-License-Identifier: MIT */
/*
 * The monitor file: which bytes of it are EDIDs that our guest sees, and whether they are such
 * (VESA E-EDID A2: header, and bytes that sum up to 0).
 */
#include "monitor_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_HEADER_B  2
#define MONITOR_B      (2 + DM_BLOCK_B)
#define FILE_MAX_B     4096
#define NR_EXTENSIONS  126 /* the byte of an EDID */

static bool sums_up(const uint8_t *block)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < DM_BLOCK_B; i++) {
		sum = (uint8_t)(sum + block[i]);
	}
	return !sum;
}

static bool is_edid(const uint8_t *p)
{
	static const uint8_t header[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };

	return !memcmp(p, header, sizeof(header)) && sums_up(p);
}

/* A number XenGT's tools wrote as a byte, and people as a digit. */
static unsigned small_number(uint8_t byte)
{
	return byte >= '0' && byte <= '9' ? byte - '0' : byte;
}

/* An EDID and as many whole extensions as follow it in @len bytes. */
static int take(const uint8_t *p, size_t len, struct dm_monitors *m, struct gt_error *err)
{
	struct dm_edid *e = &m->head[m->nr];
	size_t nr = 1;

	if (!is_edid(p)) {
		gt_error_set(err, "EDID %u in it has a wrong header or checksum", m->nr + 1);
		return -EINVAL;
	}
	while (nr <= p[NR_EXTENSIONS] && (nr + 1) * DM_BLOCK_B <= len &&
	       (nr + 1) * DM_BLOCK_B <= DM_EDID_MAX_B && sums_up(p + nr * DM_BLOCK_B)) {
		nr++;
	}
	e->edid_B = (uint32_t)(nr * DM_BLOCK_B);
	memcpy(e->edid, p, e->edid_B);
	/* The last byte of the first block makes its sum 0. */
	e->edid[DM_BLOCK_B - 1] =
		(uint8_t)(e->edid[DM_BLOCK_B - 1] + e->edid[NR_EXTENSIONS] - (nr - 1));
	e->edid[NR_EXTENSIONS] = (uint8_t)(nr - 1);
	m->nr++;
	return 0;
}

static int parse_xengt(const uint8_t *data, size_t nr, struct dm_monitors *out,
		       struct gt_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < nr; i++) {
		ret = take(data + FILE_HEADER_B + i * MONITOR_B + 2, DM_BLOCK_B, out, err);
	}
	return ret;
}

int dm_monitor_parse(const uint8_t *data, size_t len, struct dm_monitors *out,
		     struct gt_error *err)
{
	size_t nr = len >= FILE_HEADER_B && small_number(data[0]) == 1 ? small_number(data[1]) : 0;

	out->nr = 0;
	if (len >= DM_BLOCK_B && len % DM_BLOCK_B == 0) {
		return take(data, len, out, err);
	}
	if (nr >= 1 && nr <= GT_MAX_HEADS && len >= FILE_HEADER_B + nr * MONITOR_B) {
		return parse_xengt(data, nr, out, err);
	}
	gt_error_set(err, "neither an EDID nor a XenGT monitor file (%zu bytes)", len);
	return -EINVAL;
}

int dm_monitor_read(const char *path, struct dm_monitors *out, struct gt_error *err)
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
	ret = dm_monitor_parse(data, (size_t)n, out, &why);
	if (ret) {
		gt_error_set(err, "vgt_monitor_config_file=%.250s: %.200s", path, why.text);
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	return ret;
}
