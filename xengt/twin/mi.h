/* SPDX-License-Identifier: MIT */
/* MI commands, by file: mi.c control and the table, mi_mem.c memory and registers, mi_atomic.c. */
#ifndef GT_TWIN_MI_H
#define GT_TWIN_MI_H

#include "twin.h"

#define MI_GGTT GT_BIT(22) /* of most commands: an address is in the GGTT */

#define MI_PREDICATE_SRC0     0x2400u
#define MI_PREDICATE_SRC1     0x2408u
#define MI_PREDICATE_DATA     0x2410u
#define MI_PREDICATE_RESULT   0x2418u
#define MI_PREDICATE_RESULT_1 0x41cu /* from the engine's base, as is _2 */
#define MI_PREDICATE_RESULT_2 0x3bcu

/* Registers as this command may see them; what it may not write is dropped. */
uint32_t gt_twin_read_reg(struct cs *cs, uint32_t off);
void gt_twin_write_reg(struct cs *cs, const struct cmd *cmd, uint32_t off, uint32_t val);

enum verdict gt_mi_atomic(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_copy_mem_mem(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_load_register_imm(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_load_register_mem(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_load_register_reg(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_report_head(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_report_perf_count(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_store_data_imm(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_store_data_index(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_store_register_mem(struct cs *cs, const struct cmd *cmd);
enum verdict gt_mi_update_gtt(struct cs *cs, const struct cmd *cmd);

#endif
