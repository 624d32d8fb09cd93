# SPDX-License-Identifier: MIT
# CASE: libdrm's test programs see the device, set modes, show planes and flip at 60 Hz
# NEEDS: judge
# LIST: full

guest_judge libdrm libdrm.sh 400 || fail_now "libdrm's programs were run"
verdicts libdrm libdrm
driver_happy libdrm
ok "xl destroy" guest_destroy libdrm
assert_clean
