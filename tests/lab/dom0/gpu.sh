# SPDX-License-Identifier: MIT
#
# The program of tests/gpu in a guest, for the cases that run it on one platform or another.

# gpu_judged NAME LIST [KEY=VALUE...]: a guest that runs it, against expect/LIST or another file.
gpu_judged()
{
	local name=$1 list=$2
	shift 2
	guest_vgt "$name" xengt_job=gpu_engines,gpu_blits,gpu_hangs "$@" ||
		fail_now "the guest has a console"
	ok "the engines' judges come to their end" guest_wait "$name" '^LAB DONE gpu_engines' 240
	driver_happy "$name"
	ok "the blitters' judges come to their end" guest_paused "$name" picture 240
	picture_is_guests "$name"
	guest_go "$name" picture
	ok "the blits are through" guest_wait "$name" '^LAB DONE gpu_blits' 60
	driver_happy "$name"
	ok "the hangs are through" guest_wait "$name" '^LAB DONE gpu_hangs' 240
	is "$name: i915_wedged is 0 after the resets" "$(guest_value "$name" wedged)" 0
	verdicts "$name" "$list"
	xengtctl stats "$name" >"$LAB_KEEP/stats-$name" 2>&1
	ok "xl destroy" guest_destroy "$name"
}
