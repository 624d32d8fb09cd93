# SPDX-License-Identifier: MIT
# CASE: three guests side by side, each with its own picture; one goes, the others stay

for guest in anna berta clara; do
	guest_vgt $guest xengt_job=scroll,fbdump memory=288 || fail_now "$guest has a console"
done
for guest in anna berta clara; do
	driver_happy $guest
	picture_is_guests $guest
done
for pair in anna:berta berta:clara clara:anna; do
	ok "${pair%:*} and ${pair#*:} show different pictures" \
		eval "! cmp -s $LAB_TMP/${pair%:*}.ppm $LAB_TMP/${pair#*:}.ppm"
done

ok "xl destroy of the second" guest_destroy berta
for guest in anna clara; do
	ok "$guest can still be looked at" xengt-screenshot $guest -o "$LAB_TMP/again.ppm"
	same_picture "$guest shows what it showed before" "$LAB_TMP/again.ppm" "$LAB_TMP/$guest.ppm"
done
ok "xl destroy of the first" guest_destroy anna
ok "xl destroy of the third" guest_destroy clara
assert_clean
