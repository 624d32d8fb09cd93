/* SPDX-License-Identifier: MIT */
/*
 * Commands of the video engines: MFX, HCP, HuC, VDENC and SFC of VCS; VEBOX and SFC of VECS.
 *
 * Nothing of it is executed, so of lengths only the field matters; where encoders and decoders, or
 * steppings, differ in a command's length the row gives the span.
 * PRM SKL and BDW vol 2a, "MFX_...", "MFD_...", "MFC_...", "HCP_...", "VDENC_...", "VEB..."; vol 8,
 * "Media VDBOX".
 */
#include "commands.h"

#define VCS GT_BIT(GT_VCS)
#define VEC GT_BIT(GT_VECS)

#define VAR(label, op_, eng, min, max, ...)                                                        \
	{ .name = label, .op = (op_) << 16, .engines = (eng), .len_mask = 0xfff, .min_dw = (min),  \
	  .max_dw = (max), .prm = "SKL vol 2a", __VA_ARGS__ }
#define MFX(label, op_, min, max, ...)	VAR(label, op_, VCS, min, max, __VA_ARGS__)
#define GEN9(label, op_, min, max, ...) VAR(label, op_, VCS, min, max, .gens = GT_GEN9, __VA_ARGS__)
#define SFC(label, op_, min, max)	VAR(label, op_, VCS | VEC, min, max, .gens = GT_GEN9)
#define VEB(label, op_, min, max, ...)	VAR(label, op_, VEC, min, max, __VA_ARGS__)
#define AT(...)				.addr = { __VA_ARGS__ }

static const struct gt_command_row video_rows[] = {
	{ .name = "MFX_WAIT", .op = 0x68000000, .engines = VCS, .min_dw = 1, .max_dw = 1,
	  .prm = "SKL vol 2a" },
	MFX("MFX_PIPE_MODE_SELECT", 0x7000u, 5, 5),
	MFX("MFX_SURFACE_STATE", 0x7001u, 6, 6),
	MFX("MFX_PIPE_BUF_ADDR_STATE", 0x7002u, 61, 61,
	    AT({ 1, 6, 3 }, { 19, 16, 2 }, { 52, 3, 3 }), .gens = GT_GEN8),
	MFX("MFX_PIPE_BUF_ADDR_STATE", 0x7002u, 61, 65,
	    AT({ 1, 6, 3 }, { 19, 16, 2 }, { 52, 3, 3 }, { 62, 1 }), .gens = GT_GEN9),
	MFX("MFX_IND_OBJ_BASE_ADDR_STATE", 0x7003u, 26, 26,
	    AT({ 1, 1 }, { 4, 2, 2 }, { 9, 2, 2 }, { 14, 2, 2 }, { 19, 2, 2 }, { 24, 1 })),
	MFX("MFX_BSP_BUF_BASE_ADDR_STATE", 0x7004u, 10, 10, AT({ 1, 3, 3 })),
	MFX("MFX_STATE_POINTER", 0x7006u, 2, 2),
	MFX("MFX_QM_STATE", 0x7007u, 18, 18),
	MFX("MFX_FQM_STATE", 0x7008u, 34, 34),
	MFX("MFX_DBK_OBJECT", 0x7009u, 13, 13, AT({ 1, 4, 3 })),
	MFX("MFD_IT_OBJECT", 0x7029u, 5, 0),
	MFX("MFX_PAK_INSERT_OBJECT", 0x7048u, 2, 0),
	MFX("MFX_STITCH_OBJECT", 0x704au, 2, 0),
	GEN9("VDENC_PIPE_MODE_SELECT", 0x7080u, 2, 2),
	GEN9("VDENC_SRC_SURFACE_STATE", 0x7081u, 6, 6),
	GEN9("VDENC_REF_SURFACE_STATE", 0x7082u, 6, 6),
	GEN9("VDENC_DS_REF_SURFACE_STATE", 0x7083u, 6, 10),
	GEN9("VDENC_PIPE_BUF_ADDR_STATE", 0x7084u, 37, 38, AT({ 1, 12, 3 })),
	GEN9("VDENC_IMG_STATE", 0x7085u, 35, 35),
	GEN9("VDENC_CONST_QPT_STATE", 0x7086u, 61, 61),
	GEN9("VDENC_WALKER_STATE", 0x7087u, 2, 4),
	GEN9("VDENC_WEIGHTSOFFSETS_STATE", 0x7088u, 3, 5),
	MFX("MFX_AVC_IMG_STATE", 0x7100u, 14, 21),
	MFX("MFX_AVC_DIRECTMODE_STATE", 0x7102u, 71, 71, AT({ 1, 16, 2 }, { 34, 1 })),
	MFX("MFX_AVC_SLICE_STATE", 0x7103u, 10, 11),
	MFX("MFX_AVC_REF_IDX_STATE", 0x7104u, 10, 10),
	MFX("MFX_AVC_WEIGHTOFFSET_STATE", 0x7105u, 98, 98),
	MFX("MFD_AVC_PICID_STATE", 0x7125u, 10, 10),
	MFX("MFD_AVC_DPB_STATE", 0x7126u, 27, 27),
	MFX("MFD_AVC_SLICEADDR", 0x7127u, 3, 4),
	MFX("MFD_AVC_BSD_OBJECT", 0x7128u, 6, 7),
	MFX("MFC_AVC_PAK_OBJECT", 0x7149u, 12, 12),
	MFX("MFX_VC1_PRED_PIPE_STATE", 0x7201u, 6, 6),
	MFX("MFX_VC1_DIRECTMODE_STATE", 0x7202u, 7, 7, AT({ 1, 2, 3 })),
	MFX("MFD_VC1_SHORT_PIC_STATE", 0x7220u, 5, 5),
	MFX("MFD_VC1_LONG_PIC_STATE", 0x7221u, 6, 6),
	MFX("MFD_VC1_BSD_OBJECT", 0x7228u, 5, 5),
	MFX("MFX_MPEG2_PIC_STATE", 0x7300u, 13, 13),
	MFX("MFD_MPEG2_BSD_OBJECT", 0x7328u, 5, 5),
	MFX("MFC_MPEG2_SLICEGROUP_STATE", 0x7343u, 8, 8),
	MFX("MFC_MPEG2_PAK_OBJECT", 0x7349u, 9, 9),
	GEN9("HCP_PIPE_MODE_SELECT", 0x7380u, 4, 6),
	GEN9("HCP_SURFACE_STATE", 0x7381u, 3, 3),
	GEN9("HCP_PIPE_BUF_ADDR_STATE", 0x7382u, 95, 104,
	     AT({ 1, 12, 3 }, { 37, 8, 2 }, { 54, 4, 3 }, { 66, 8, 2 }, { 83, 4, 3 })),
	GEN9("HCP_IND_OBJ_BASE_ADDR_STATE", 0x7383u, 14, 14,
	     AT({ 1, 1 }, { 4, 2, 2 }, { 9, 1 }, { 12, 1 })),
	GEN9("HCP_QM_STATE", 0x7384u, 18, 18),
	GEN9("HCP_FQM_STATE", 0x7385u, 34, 34),
	GEN9("HCP_PIC_STATE", 0x7390u, 19, 32),
	GEN9("HCP_TILE_STATE", 0x7391u, 13, 13),
	GEN9("HCP_REF_IDX_STATE", 0x7392u, 18, 18),
	GEN9("HCP_WEIGHTOFFSET_STATE", 0x7393u, 34, 34),
	GEN9("HCP_SLICE_STATE", 0x7394u, 9, 11),
	GEN9("HCP_BSD_OBJECT", 0x73a0u, 3, 3),
	GEN9("HCP_PAK_OBJECT", 0x73a1u, 2, 0),
	GEN9("HCP_PAK_INSERT_OBJECT", 0x73a2u, 2, 0),
	GEN9("HCP_VP9_PIC_STATE", 0x73b0u, 11, 33),
	GEN9("HCP_VP9_SEGMENT_STATE", 0x73b2u, 7, 8),
	MFX("MFX_VP8_PIC_STATE", 0x7400u, 38, 38, AT({ 16, 1 }, { 35, 1 })),
	MFX("MFD_VP8_BSD_OBJECT", 0x7428u, 22, 22),
	MFX("MFX_VP8_ENCODER_CFG", 0x7441u, 30, 30),
	MFX("MFX_VP8_BSP_BUF_BASE_ADDR_STATE", 0x7443u, 32, 32, AT({ 1, 2, 3 }, { 16, 1 })),
	MFX("MFX_VP8_PAK_OBJECT", 0x7449u, 7, 7),
	SFC("SFC_LOCK", 0x7500u, 2, 2),
	SFC("SFC_STATE", 0x7501u, 32, 34),
	SFC("SFC_AVS_STATE", 0x7502u, 2, 3),
	SFC("SFC_IEF_STATE", 0x7503u, 24, 24),
	SFC("SFC_FRAME_START", 0x7504u, 2, 2),
	SFC("SFC_AVS_LUMA_COEFF_TABLE", 0x7505u, 129, 129),
	SFC("SFC_AVS_CHROMA_COEFF_TABLE", 0x7506u, 65, 65),
	GEN9("HUC_PIPE_MODE_SELECT", 0x7580u, 3, 3),
	GEN9("HUC_IMEM_STATE", 0x7581u, 5, 5),
	GEN9("HUC_DMEM_STATE", 0x7582u, 6, 6, AT({ 1, 1 })),
	GEN9("HUC_CFG_STATE", 0x7583u, 2, 2),
	GEN9("HUC_VIRTUAL_ADDR_STATE", 0x7584u, 49, 49, AT({ 1, 16, 3 })),
	GEN9("HUC_IND_OBJ_BASE_ADDR_STATE", 0x7585u, 11, 11, AT({ 1, 1 }, { 4, 2, 2 }, { 9, 1 })),
	GEN9("HUC_STREAM_OBJECT", 0x75a0u, 5, 5),
	GEN9("HUC_START", 0x75a1u, 2, 2),
	MFX("MFX_JPEG_PIC_STATE", 0x7700u, 3, 3),
	MFX("MFX_JPEG_HUFF_TABLE_STATE", 0x7702u, 53, 53),
	MFX("MFD_JPEG_BSD_OBJECT", 0x7728u, 6, 6),
	GEN9("MFC_JPEG_HUFF_TABLE_STATE", 0x7743u, 176, 176),
	GEN9("MFC_JPEG_SCAN_OBJECT", 0x7749u, 3, 3),
	GEN9("VD_PIPELINE_FLUSH", 0x7780u, 2, 2),
};

const struct gt_command_table gt_commands_video = {
	.rows = video_rows,
	.nr = GT_ARRAY_SIZE(video_rows),
	.type = 3,
	.op_mask = 0xffff0000,
	.engines = VCS | VEC,
};

static const struct gt_command_row vebox_rows[] = {
	VEB("VEBOX_SURFACE_STATE", 0x7400u, 9, 9),
	VEB("VEBOX_TILING_CONVERT", 0x7401u, 5, 5, AT({ 1, 2, 2 }), .gens = GT_GEN9),
	VEB("VEBOX_STATE", 0x7402u, 12, 0),
	VEB("VEB_DI_IECP", 0x7403u, 16, 0),
};

const struct gt_command_table gt_commands_vebox = {
	.rows = vebox_rows,
	.nr = GT_ARRAY_SIZE(vebox_rows),
	.type = 3,
	.op_mask = 0xffff0000,
	.engines = VEC,
};
