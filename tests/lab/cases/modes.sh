# SPDX-License-Identifier: MIT
# CASE: every size of the monitor's list up to 3840x2160, one after the other: the picture has that size
# LIST: full

. /lab/dom0/heads.sh

guest_vgt modes memory=512 xengt_job=modes vgt_monitor=dp vgt_mode=3840x2160 ||
	fail_now "the guest has a console"
number=1
while guest_wait modes "^LAB (PAUSE mode$number|DONE modes)\b" 120 &&
	! guest_console modes | grep -q '^LAB DONE modes'; do
	heads_are modes 1
	ok "mode $number is the next" \
		test "$(heads_shown modes | cut -d' ' -f4)" = "$number" || break
	guest_go modes mode$number
	number=$((number + 1))
done
ok "the list is through" guest_wait modes '^LAB DONE modes' 60
is "each mode was seen" "$((number - 1))" "$(guest_value modes modes)"
ok "there are five sizes or more" test "$number" -gt 5
like "3840x2160 is one of them" "$(guest_console modes)" '^LAB shown 0 3840 2160 '
driver_happy modes
ok "xl destroy" guest_destroy modes
assert_clean
