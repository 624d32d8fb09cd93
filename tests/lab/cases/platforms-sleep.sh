# SPDX-License-Identifier: MIT
# CASE: the driver sleeps and wakes 20 times on Broadwell and on Kaby Lake
# LIST: full

# the kernel would stay asleep for 5 s each time
turns=20
for guest in broadwell kabylake; do
	guest_vgt $guest vgt_gen=$guest xengt_job=suspend,fbdump \
		cmdline_extra="xengt.turns=$turns xengt.pmtest=devices suspend.pm_test_delay=0" ||
		continue
	ok "$guest: the driver sleeps and wakes $turns times" guest_wait $guest '^LAB DONE suspend' 400
	is "$guest: and is content each time" \
		"$(guest_console $guest | grep -acE '^LAB woke [0-9]+ [0-9.]+ healthy')" $turns
	driver_happy $guest
	picture_is_guests $guest
	ok "$guest: xl destroy" guest_destroy $guest
done
assert_clean
