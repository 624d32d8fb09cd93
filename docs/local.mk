# SPDX-License-Identifier: MIT
dist_man_MANS += \
	docs/libxengt.3 \
	docs/xengt-screenshot.1 \
	docs/xengtctl.1
