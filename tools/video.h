/* SPDX-License-Identifier: MIT */
/* Pictures as a video file or stream, by FFmpeg's libraries. */
#ifndef TOOLS_VIDEO_H
#define TOOLS_VIDEO_H

#include <stdbool.h>
#include <stdint.h>

#define VIDEO_WHY_MAX 160

/* Names are FFmpeg's. */
struct video_conf {
	const char *output; /* a file, a URL, or - for standard output */
	const char *format; /* of the container; NULL: by the output's ending, or Matroska */
	const char *codec;  /* of the encoder; NULL: libx264, or the container's own */
};

/* XRGB8888. */
struct video_picture {
	const void *pixels;
	uint32_t width_px, height_px, stride_B;
};

struct video;
/*
 * Pictures will be of @width_px by @height_px; those of another size are made to fit, with black
 * around them.  False: @why has the words, and @bad_output says that it is the output's fault.
 */
bool video_open(const struct video_conf *conf, uint32_t width_px, uint32_t height_px,
		struct video **out, bool *bad_output, char why[VIDEO_WHY_MAX]);
/* A picture that is shown from @time_ms on, which must grow.  False: @why. */
bool video_add(struct video *v, const struct video_picture *p, int64_t time_ms,
	       char why[VIDEO_WHY_MAX]);
/* All that was added goes to the output now: what is killed after this can be played up to here. */
bool video_flush(struct video *v, char why[VIDEO_WHY_MAX]);
/* Shows the last picture until @time_ms, ends the file and frees @v, also if it fails. */
bool video_close(struct video *v, int64_t time_ms, char why[VIDEO_WHY_MAX]);

uint64_t video_nr_frames(const struct video *v);
uint64_t video_size_B(const struct video *v);
const char *video_codec(const struct video *v);

#endif
