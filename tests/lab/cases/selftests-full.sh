# SPDX-License-Identifier: MIT
# CASE: all of i915's own tests, mock and live, against their list
# LIST: full
# NEEDS: selftest

. /lab/dom0/selftests.sh
selftests all "vgt_low_gm_sz=64" all
