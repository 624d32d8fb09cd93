/* SPDX-License-Identifier: MIT */
/*
 * What the display's register tables (regs_display.c, regs_plane.c) call: handlers of display.c
 * and clocks.c, and the few offsets that more than one of these files needs.
 */
#ifndef GT_DISPLAY_ROWS_H
#define GT_DISPLAY_ROWS_H

#include "regs.h"

/* Pipe and transcoder registers: 0x1000 apart. */
#define GT_PIPE_STRIDE	     0x1000u
#define GT_HTOTAL	     0x60000u
#define GT_VTOTAL	     0x6000cu
#define GT_TRANS_DDI_FUNC    0x60400u
#define GT_PIPE_SCANLINE     0x70000u
#define GT_PIPE_CONF	     0x70008u
#define GT_PIPE_FRMCNT	     0x70040u
#define GT_PIPE_FLIPCNT	     0x70044u
#define GT_CUR_CTL	     0x70080u
#define GT_CUR_BASE	     0x70084u
#define GT_CUR_POS	     0x70088u
#define GT_CUR_FBC_CTL	     0x700a0u
#define GT_PLANE_CTL	     0x70180u
#define GT_PLANE_STRIDE	     0x100u /* between planes of one pipe */

#define GT_ENABLE	     GT_BIT(31)
#define GT_LOCK		     GT_BIT(30) /* also PIPE_CONF's state bit */

#define GT_SDE_ISR	     0xc4000u
#define GT_SDE_PORT_B	     GT_BIT(21)

/* display.c */
uint32_t gt_pipe_scanline_read(struct gt_vgpu *v, const struct gt_reg *r);
uint32_t gt_pipe_frmcnt_read(struct gt_vgpu *v, const struct gt_reg *r);
uint32_t gt_pipe_frmtmstmp_read(struct gt_vgpu *v, const struct gt_reg *r);
void gt_pipe_conf_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
uint32_t gt_plane_surflive_read(struct gt_vgpu *v, const struct gt_reg *r);
void gt_plane_surf_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
uint32_t gt_cursor_surflive_read(struct gt_vgpu *v, const struct gt_reg *r);
void gt_cursor_base_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_scaler_size_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_csc_mode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_gamma_mode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_ddi_buf_ctl_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);

/* dp.c */
void gt_aux_ctl_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);

/* clocks.c */
void gt_power_well_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_lock_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_dpll_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_bdw_lcpll_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_fdi_mphy_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_sbi_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
void gt_pcode_write(struct gt_vgpu *v, const struct gt_reg *r, const struct gt_reg_write *w);
/* Pixel clock of a pipe from its PLL; 0 if it cannot be told. */
uint64_t gt_clock_pixel_Hz(struct gt_vgpu *v, unsigned pipe);

#endif
