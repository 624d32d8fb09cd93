/* SPDX-License-Identifier: MIT */
/*
 * Pictures through swscale, an encoder and a container.
 *
 * Decides how a file stays playable when its writer is killed: an encoder that keeps no picture
 * back, a container written in short pieces (Matroska's clusters, MP4's fragments), each flushed.
 */
#include "video.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#define PIECE_MS "500"

struct video {
	AVFormatContext *file;
	AVCodecContext *encoder;
	AVStream *stream;
	struct SwsContext *scaler;
	AVFrame *frame; /* the last picture */
	AVPacket *packet;
	int64_t last_ms;
	uint64_t nr_frames;
};

static bool refuse(char *why, const char *what, int ret)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	av_strerror(ret, text, sizeof(text));
	snprintf(why, VIDEO_WHY_MAX, "%s: %s", what, text);
	return false;
}

/* --- opening -------------------------------------------------------------------------------- */

/* Ended by AV_PIX_FMT_NONE; NULL: anything goes. */
static const enum AVPixelFormat *formats_of(const AVCodec *codec)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
	const void *formats = NULL;

	avcodec_get_supported_config(NULL, codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, &formats, NULL);
	return formats;
#else
	return codec->pix_fmts;
#endif
}

static bool has_format(const enum AVPixelFormat *formats, enum AVPixelFormat wanted)
{
	for (; formats && *formats != AV_PIX_FMT_NONE; formats++) {
		if (*formats == wanted) {
			return true;
		}
	}
	return false;
}

/* Pixels as they are where the encoder can, else what every player reads, if the size allows. */
static enum AVPixelFormat choose_format(const AVCodec *codec, bool is_even)
{
	const enum AVPixelFormat *formats = formats_of(codec);

	if (!formats || has_format(formats, AV_PIX_FMT_BGR0)) {
		return AV_PIX_FMT_BGR0;
	}
	if (is_even && has_format(formats, AV_PIX_FMT_YUV420P)) {
		return AV_PIX_FMT_YUV420P;
	}
	if (has_format(formats, AV_PIX_FMT_YUV444P)) {
		return AV_PIX_FMT_YUV444P;
	}
	return formats[0];
}

static const AVCodec *choose_codec(const struct video_conf *conf, const AVOutputFormat *format)
{
	const AVCodec *codec;

	if (conf->codec) {
		codec = avcodec_find_encoder_by_name(conf->codec);
		return codec && codec->type == AVMEDIA_TYPE_VIDEO ? codec : NULL;
	}
	codec = avcodec_find_encoder_by_name("libx264");
	/* negative: the container does not know */
	if (codec && avformat_query_codec(format, codec->id, FF_COMPLIANCE_NORMAL)) {
		return codec;
	}
	return avcodec_find_encoder(format->video_codec);
}

static bool open_encoder(struct video *v, const AVCodec *codec, uint32_t width_px,
			 uint32_t height_px, char *why)
{
	AVCodecContext *e = avcodec_alloc_context3(codec);
	int ret;

	v->encoder = e;
	if (!e) {
		return refuse(why, codec->name, AVERROR(ENOMEM));
	}
	e->width = (int)width_px;
	e->height = (int)height_px;
	e->pix_fmt = choose_format(codec, width_px % 2 == 0 && height_px % 2 == 0);
	e->time_base = (AVRational){ 1, 1000 };
	e->gop_size = 250;
	e->max_b_frames = 0;
	if (v->file->oformat->flags & AVFMT_GLOBALHEADER) {
		e->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	}
	if (e->pix_fmt != AV_PIX_FMT_BGR0) {
		e->color_range = AVCOL_RANGE_MPEG;
		e->colorspace = AVCOL_SPC_SMPTE170M;
	}
	/* x264's own: no other encoder knows these, and none minds */
	av_opt_set(e->priv_data, "preset", "veryfast", 0);
	av_opt_set(e->priv_data, "tune", "zerolatency", 0);
	av_opt_set(e->priv_data, "crf", "20", 0);
	ret = avcodec_open2(e, codec, NULL);
	return !ret || refuse(why, codec->name, ret);
}

static bool open_stream(struct video *v, char *why)
{
	int ret;

	v->stream = avformat_new_stream(v->file, NULL);
	if (!v->stream) {
		return refuse(why, "a stream", AVERROR(ENOMEM));
	}
	v->stream->time_base = v->encoder->time_base;
	ret = avcodec_parameters_from_context(v->stream->codecpar, v->encoder);
	return ret >= 0 || refuse(why, "a stream", ret);
}

static bool open_output(struct video *v, const char *url, char *why)
{
	AVDictionary *options = NULL;
	int ret = 0;

	if (!(v->file->oformat->flags & AVFMT_NOFILE)) {
		ret = avio_open(&v->file->pb, url, AVIO_FLAG_WRITE);
	}
	if (ret < 0) {
		return refuse(why, "the output", ret);
	}
	v->file->flags |= AVFMT_FLAG_FLUSH_PACKETS;
	av_dict_set(&options, "cluster_time_limit", PIECE_MS, 0);
	av_dict_set(&options, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
	av_dict_set(&options, "frag_duration", PIECE_MS "000", 0);
	ret = avformat_write_header(v->file, &options);
	av_dict_free(&options);
	return ret >= 0 || refuse(why, "the output", ret);
}

static bool open_frame(struct video *v, char *why)
{
	int ret;

	v->frame = av_frame_alloc();
	v->packet = av_packet_alloc();
	if (!v->frame || !v->packet) {
		return refuse(why, "a picture", AVERROR(ENOMEM));
	}
	v->frame->width = v->encoder->width;
	v->frame->height = v->encoder->height;
	v->frame->format = v->encoder->pix_fmt;
	v->frame->color_range = v->encoder->color_range;
	v->frame->colorspace = v->encoder->colorspace;
	ret = av_frame_get_buffer(v->frame, 0);
	return ret >= 0 || refuse(why, "a picture", ret);
}

static void video_free(struct video *v)
{
	sws_freeContext(v->scaler);
	av_frame_free(&v->frame);
	av_packet_free(&v->packet);
	avcodec_free_context(&v->encoder);
	if (v->file && v->file->pb && !(v->file->oformat->flags & AVFMT_NOFILE)) {
		avio_closep(&v->file->pb);
	}
	avformat_free_context(v->file);
	free(v);
}

static bool try_open(struct video *v, const struct video_conf *conf, uint32_t width_px,
		     uint32_t height_px, bool *bad_output, char *why)
{
	const char *url = strcmp(conf->output, "-") ? conf->output : "pipe:1";
	const AVOutputFormat *format;
	const AVCodec *codec;

	format = av_guess_format(conf->format, conf->format ? NULL : url, NULL);
	if (!format && conf->format) {
		snprintf(why, VIDEO_WHY_MAX, "FFmpeg knows no container \"%s\"", conf->format);
		return false;
	}
	if (avformat_alloc_output_context2(&v->file, format, format ? NULL : "matroska", url) < 0) {
		return refuse(why, "the output", AVERROR(ENOMEM));
	}
	codec = choose_codec(conf, v->file->oformat);
	if (!codec) {
		snprintf(why, VIDEO_WHY_MAX, "FFmpeg has no video encoder \"%s\"",
			 conf->codec ? conf->codec : v->file->oformat->name);
		return false;
	}
	if (!open_encoder(v, codec, width_px, height_px, why) || !open_stream(v, why) ||
	    !open_frame(v, why)) {
		return false;
	}
	*bad_output = true;
	return open_output(v, url, why);
}

bool video_open(const struct video_conf *conf, uint32_t width_px, uint32_t height_px,
		struct video **out, bool *bad_output, char why[VIDEO_WHY_MAX])
{
	struct video *v = calloc(1, sizeof(*v));

	*bad_output = false;
	av_log_set_level(AV_LOG_FATAL);
	if (!v) {
		return refuse(why, "a video", AVERROR(ENOMEM));
	}
	v->last_ms = -1;
	if (!try_open(v, conf, width_px, height_px, bad_output, why)) {
		video_free(v);
		return false;
	}
	*out = v;
	return true;
}

/* --- pictures ------------------------------------------------------------------------------- */

static bool encode(struct video *v, const AVFrame *frame, char *why)
{
	int ret = avcodec_send_frame(v->encoder, frame);

	if (ret < 0) {
		return refuse(why, "encoding", ret);
	}
	while ((ret = avcodec_receive_packet(v->encoder, v->packet)) >= 0) {
		av_packet_rescale_ts(v->packet, v->encoder->time_base, v->stream->time_base);
		v->packet->stream_index = v->stream->index;
		ret = av_write_frame(v->file, v->packet);
		av_packet_unref(v->packet);
		if (ret < 0) {
			return refuse(why, "writing", ret);
		}
	}
	return ret == AVERROR(EAGAIN) || ret == AVERROR_EOF || refuse(why, "encoding", ret);
}

/* The largest rectangle of the picture's shape in the middle, on whole chroma samples. */
static void fit(const AVFrame *frame, const struct video_picture *p, int *x, int *y, int *w, int *h)
{
	int64_t by_width = (int64_t)frame->width * p->height_px;
	int64_t by_height = (int64_t)frame->height * p->width_px;

	*w = frame->width;
	*h = frame->height;
	if (by_width > by_height) {
		*w = (int)(by_height / p->height_px) & ~1;
	} else if (by_width < by_height) {
		*h = (int)(by_width / p->width_px) & ~1;
	}
	*w = *w ? *w : 1;
	*h = *h ? *h : 1;
	*x = (frame->width - *w) / 2 & ~1;
	*y = (frame->height - *h) / 2 & ~1;
}

/* Where pixel @x, @y is in each plane of the frame. */
static void planes_at(const AVFrame *frame, int x, int y, uint8_t *plane[4])
{
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);

	for (int c = 0; c < desc->nb_components; c++) {
		bool is_chroma = c == 1 || c == 2;
		int n = desc->comp[c].plane;
		int px = is_chroma ? x >> desc->log2_chroma_w : x;
		int py = is_chroma ? y >> desc->log2_chroma_h : y;

		plane[n] = frame->data[n] + (ptrdiff_t)py * frame->linesize[n] +
			   (ptrdiff_t)px * desc->comp[c].step;
	}
}

static bool paint(struct video *v, const struct video_picture *p, char *why)
{
	const uint8_t *const from[4] = { p->pixels };
	const int from_stride_B[4] = { (int)p->stride_B };
	uint8_t *to[4] = { NULL };
	AVFrame *f = v->frame;
	int x, y, w, h;
	int ret = av_frame_make_writable(f);

	if (ret < 0) {
		return refuse(why, "a picture", ret);
	}
	fit(f, p, &x, &y, &w, &h);
	if (w != f->width || h != f->height) {
		const ptrdiff_t stride_B[4] = { f->linesize[0], f->linesize[1], f->linesize[2],
						f->linesize[3] };

		av_image_fill_black(f->data, stride_B, f->format, f->color_range, f->width,
				    f->height);
	}
	planes_at(f, x, y, to);
	v->scaler = sws_getCachedContext(v->scaler, (int)p->width_px, (int)p->height_px,
					 AV_PIX_FMT_BGR0, w, h, f->format,
					 SWS_BILINEAR | SWS_ACCURATE_RND, NULL, NULL, NULL);
	if (!v->scaler) {
		return refuse(why, "scaling", AVERROR(EINVAL));
	}
	sws_scale(v->scaler, from, from_stride_B, 0, (int)p->height_px, to, f->linesize);
	return true;
}

static bool send(struct video *v, int64_t time_ms, char *why)
{
	v->last_ms = time_ms > v->last_ms ? time_ms : v->last_ms + 1;
	v->frame->pts = v->last_ms;
	v->frame->pict_type = AV_PICTURE_TYPE_NONE;
	if (!encode(v, v->frame, why)) {
		return false;
	}
	v->nr_frames++;
	return true;
}

bool video_add(struct video *v, const struct video_picture *p, int64_t time_ms,
	       char why[VIDEO_WHY_MAX])
{
	return paint(v, p, why) && send(v, time_ms, why);
}

bool video_flush(struct video *v, char why[VIDEO_WHY_MAX])
{
	int ret = av_write_frame(v->file, NULL);

	if (ret >= 0 && v->file->pb) {
		avio_flush(v->file->pb);
		ret = v->file->pb->error;
	}
	return ret >= 0 || refuse(why, "writing", ret);
}

bool video_close(struct video *v, int64_t time_ms, char why[VIDEO_WHY_MAX])
{
	bool good = true;
	int ret;

	if (v->nr_frames && time_ms > v->last_ms) {
		good = send(v, time_ms, why);
	}
	good = good && encode(v, NULL, why);
	ret = av_write_trailer(v->file);
	if (ret >= 0 && v->file->pb) {
		avio_flush(v->file->pb);
		ret = v->file->pb->error;
	}
	if (good && ret < 0) {
		good = refuse(why, "writing", ret);
	}
	video_free(v);
	return good;
}

uint64_t video_nr_frames(const struct video *v)
{
	return v->nr_frames;
}

uint64_t video_size_B(const struct video *v)
{
	int64_t at = v->file->pb ? avio_tell(v->file->pb) : 0;

	return at > 0 ? (uint64_t)at : 0;
}

const char *video_codec(const struct video *v)
{
	return v->encoder->codec->name;
}
