/* SPDX-License-Identifier: MIT */
/*
 * YUV pixels, and colour keys.
 *
 * The matrices are those of the standards (ITU-R BT.601, BT.709), in 16 bits of fraction; the
 * hardware's own rounding is not published.
 * PRM SKL vol 12, "Planes", YUV formats; PLANE_KEYVAL, PLANE_KEYMSK, PLANE_KEYMAX.
 */
#include "pixel.h"

#include "pixel_rows.h"

/* Bytes of a pair of pixels by enum gt_yuv_order: Y of both, U, V. */
static const struct {
	uint8_t y0, y1, u, v;
} orders[] = {
	[GT_YUYV] = { 0, 2, 1, 3 },
	[GT_UYVY] = { 1, 3, 0, 2 },
	[GT_YVYU] = { 0, 2, 3, 1 },
	[GT_VYUY] = { 1, 3, 2, 0 },
};

static uint32_t vyu(uint32_t v, uint32_t y, uint32_t u)
{
	return 0xff000000 | v << 16 | y << 8 | u;
}

void gt_yuv_unpack422(uint32_t *dst, const uint8_t *src, size_t nr, enum gt_yuv_order order)
{
	const uint8_t at[4] = { orders[order].y0, orders[order].y1, orders[order].u,
				orders[order].v };

	for (size_t i = gt_rows_unpack422(dst, src, nr, at); i < nr; i++) {
		const uint8_t *pair = src + i / 2 * 4;

		uint8_t y = i % 2 ? orders[order].y1 : orders[order].y0;

		dst[i] = vyu(pair[orders[order].v], pair[y], pair[orders[order].u]);
	}
}

void gt_yuv_unpack444(uint32_t *dst, const uint8_t *src, size_t nr)
{
	for (size_t i = 0; i < nr; i++, src += 4) {
		dst[i] = vyu(src[0], src[2], src[1]);
	}
}

void gt_yuv_unpack_nv12(uint32_t *dst, const uint8_t *y, const uint8_t *uv, size_t nr)
{
	for (size_t i = gt_rows_unpack_nv12(dst, y, uv, nr); i < nr; i++) {
		dst[i] = vyu(uv[i / 2 * 2 + 1], y[i], uv[i / 2 * 2]);
	}
}

/* [bt709][full_range] */
static const struct gt_yuv_matrix matrices[2][2] = {
	{ { 76309, 104597, 53279, 25675, 132201, 16 }, { 65536, 91881, 46802, 22553, 116130, 0 } },
	{ { 76309, 117489, 34925, 13975, 138438, 16 }, { 65536, 103206, 30679, 12276, 121609, 0 } },
};

static uint32_t channel(int32_t val)
{
	val = (val + 32768) >> 16;
	return val < 0 ? 0 : val > 255 ? 255 : (uint32_t)val;
}

void gt_yuv_to_argb(uint32_t *px, size_t nr, const struct gt_yuv *yuv)
{
	const struct gt_yuv_matrix *m = &matrices[yuv->bt709][yuv->full_range];

	if (yuv->as_is) {
		return;
	}
	for (size_t i = gt_rows_yuv(px, nr, m); i < nr; i++) {
		int32_t y = (int32_t)(px[i] >> 8 & 0xff) - m->black;
		int32_t v = (int32_t)(px[i] >> 16 & 0xff) - 128, u = (int32_t)(px[i] & 0xff) - 128;

		px[i] = (px[i] & 0xff000000) | channel(m->y * y + m->r_v * v) << 16 |
			channel(m->y * y - m->g_v * v - m->g_u * u) << 8 |
			channel(m->y * y + m->b_u * u);
	}
}

/* Whether each channel that counts lies within its bounds. */
static bool is_between(const struct gt_key *key, uint32_t px)
{
	for (unsigned c = 0; c < 3; c++) {
		uint32_t val = px >> (8 * c) & 0xff;

		if ((key->channels & 1u << c) && (val < (key->value >> (8 * c) & 0xff) ||
						  val > (key->max >> (8 * c) & 0xff))) {
			return false;
		}
	}
	return true;
}

void gt_key_apply(uint32_t *px, size_t nr, const struct gt_key *key, bool yuv)
{
	for (size_t i = 0; i < nr; i++) {
		if (yuv ? is_between(key, px[i]) : gt_key_matches(key, px[i])) {
			px[i] = 0;
		}
	}
}
