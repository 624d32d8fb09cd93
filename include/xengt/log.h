/* SPDX-License-Identifier: MIT */
/*
 * Logging.  One line a message, to stderr or to the file the supervisor gave us.
 *
 * Host failures and our own decisions are logged with gt_err/gt_warn/gt_info/gt_debug.  What a
 * *guest* does wrong is never logged through these: it is an event (xengt/events.h in the
 * mediator), counted always and logged at a limited rate, because a guest can do it for ever.
 */
#ifndef XENGT_LOG_H
#define XENGT_LOG_H

#include <stdarg.h>

enum gt_log_level { GT_LOG_ERR, GT_LOG_WARN, GT_LOG_INFO, GT_LOG_DEBUG };

/* Topics can be raised on their own: XENGT_LOG="info,gmbus=debug" or `xengt_log=`. */
enum gt_log_topic {
	GT_T_CORE, GT_T_DM, GT_T_PCI, GT_T_REGS, GT_T_IRQ, GT_T_GGTT, GT_T_PPGTT, GT_T_SUBMIT,
	GT_T_TWIN, GT_T_DISPLAY, GT_T_GMBUS, GT_T_SNAPSHOT, GT_T_SERVER, GT_NR_TOPICS
};

/* @fd stays the caller's; -1 means stderr.  @prefix (e.g. "d3 ") is copied, 31 bytes at most. */
void gt_log_init(int fd, const char *prefix);
/* Parse "LEVEL[,TOPIC=LEVEL...]".  0, or -EINVAL with everything left as it was. */
int gt_log_configure(const char *spec);
/* Whether gt_log_configure() would take @spec: 0 or -EINVAL. */
int gt_log_check(const char *spec);
void gt_log(enum gt_log_topic topic, enum gt_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define gt_err(topic, ...)   gt_log(topic, GT_LOG_ERR, __VA_ARGS__)
#define gt_warn(topic, ...)  gt_log(topic, GT_LOG_WARN, __VA_ARGS__)
#define gt_info(topic, ...)  gt_log(topic, GT_LOG_INFO, __VA_ARGS__)
#define gt_debug(topic, ...) gt_log(topic, GT_LOG_DEBUG, __VA_ARGS__)

#endif
