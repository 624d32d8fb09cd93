# SPDX-License-Identifier: MIT
# CASE: cursor, rotation, blending, scaling, YUV: as the guest computes them, and so in a screenshot
# LIST: once

. /lab/dom0/kms.sh
grep -vE '^(format|color)-' /lab/expect/kms >"$LAB_TMP/expected"
kms_judged kms "$LAB_TMP/expected" looks
