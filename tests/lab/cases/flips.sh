# SPDX-License-Identifier: MIT
# CASE: the guest flips as fast as it can, with the blank and without: of 200 pictures none is torn or stale
# LIST: full

guest_vgt flips memory=384 xengt_job=numbers vgt_mode=800x600 || fail_now "the guest has a console"
for how in sync async; do
	ok "$how: the guest flips" guest_paused flips $how 60
	ok "$how: its driver offers that" test -n "$(guest_value flips "flipping $how")"
	if output=$(/usr/lib/xengt-lab/client-judge numbers flips 200 2>&1); then
		pass "$how: 200 pictures, none torn or stale"
	else
		fail "$how: 200 pictures, none torn or stale"
	fi
	diag "$output"
	guest_go flips $how
done
ok "the guest comes to its end" guest_wait flips '^LAB DONE numbers' 60
for how in sync async; do
	diag "$how: $(guest_value flips "flipped $how")"
	ok "$how: the guest flipped all the time" test -n "$(guest_value flips "flipped $how")"
done
driver_happy flips
ok "xl destroy" guest_destroy flips
assert_clean
