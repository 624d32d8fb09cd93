# SPDX-License-Identifier: MIT
# CASE: three guests one after another, each with its own vGPU and picture, and nothing left of each
# LIST: full

for guest in anna berta clara; do
	guest_vgt $guest xengt_job=fbdump || fail_now "$guest has a console"
	driver_happy $guest
	picture_is_guests $guest
	ok "xl destroy of $guest" guest_destroy $guest
	assert_clean "nothing is left of $guest"
done
for pair in anna:berta berta:clara clara:anna; do
	ok "${pair%:*} and ${pair#*:} showed different pictures" \
		eval "! cmp -s $LAB_TMP/${pair%:*}.ppm $LAB_TMP/${pair#*:}.ppm"
done
