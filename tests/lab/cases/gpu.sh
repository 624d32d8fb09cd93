# SPDX-License-Identifier: MIT
# CASE: a program's batches on all engines, blits in a picture on the screen, and batches that hang

guest_vgt gpu xengt_job=gpu_engines,gpu_blits,gpu_hangs || fail_now "the guest has a console"
ok "the engines' judges come to their end" guest_wait gpu '^LAB DONE gpu_engines' 240
driver_happy gpu
ok "the blitters' judges come to their end" guest_paused gpu picture 240
picture_is_guests gpu
guest_go gpu picture
ok "the blits are through" guest_wait gpu '^LAB DONE gpu_blits' 60
driver_happy gpu
ok "the hangs are through" guest_wait gpu '^LAB DONE gpu_hangs' 240
is "gpu: i915_wedged is 0 after the resets" "$(guest_value gpu wedged)" 0
verdicts gpu gpu
xengtctl stats gpu >"$LAB_KEEP/stats" 2>&1
ok "xl destroy" guest_destroy gpu
assert_clean
