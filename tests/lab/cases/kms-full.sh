# SPDX-License-Identifier: MIT
# CASE: every plane, format and modifier, cursor, rotation, scaling, colours: as the guest computes them
# LIST: full

. /lab/dom0/kms.sh
kms_judged kms kms formats looks colors
