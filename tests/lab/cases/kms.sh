# SPDX-License-Identifier: MIT
# CASE: cursor, rotation, blending, scaling: as the guest computes them, and so in a screenshot
# LIST: full

. /lab/dom0/kms.sh
grep -vE '^(format|color|yuv)-' /lab/expect/kms >"$LAB_TMP/expected"
kms_judged kms "$LAB_TMP/expected" looks
