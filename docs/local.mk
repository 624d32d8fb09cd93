# SPDX-License-Identifier: MIT
EXTRA_DIST += docs/architecture.md docs/contributing.md
dist_man_MANS += \
	docs/libxengt.3 \
	docs/xengt-dm.8 \
	docs/xengt-screenshot.1 \
	docs/xengtctl.1
