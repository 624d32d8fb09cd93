# SPDX-License-Identifier: MIT
# CASE: two xl create and two xl destroy at the same moment do not disturb each other
# LIST: full

guest_create left "${GUEST_VGT[@]}" xengt_job=fbdump &
left=$!
guest_create right "${GUEST_VGT[@]}" xengt_job=fbdump &
right=$!
wait $left
is "the first xl create succeeds" $? 0 || diag "$(tail -n 20 /var/log/xen/xl-left.log)"
wait $right
is "the second xl create succeeds" $? 0 || diag "$(tail -n 20 /var/log/xen/xl-right.log)"
for guest in left right; do
	ok "$guest: the driver brings up its console" guest_wait $guest '^LAB READY' ||
		diag "$(dm_log $guest | tail -n 20)"
	driver_happy $guest
	picture_is_guests $guest
done

guest_destroy left &
left=$!
guest_destroy right &
right=$!
wait $left
is "the first xl destroy succeeds" $? 0
wait $right
is "the second xl destroy succeeds" $? 0
assert_clean
