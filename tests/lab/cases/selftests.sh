# SPDX-License-Identifier: MIT
# CASE: i915's own tests of its engines, contexts and requests pass in a guest
# LIST: once
# NEEDS: selftest

. /lab/dom0/selftests.sh
selftests engines "vgt_low_gm_sz=2" sanitycheck gt_contexts workarounds requests
