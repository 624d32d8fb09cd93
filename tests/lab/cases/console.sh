# SPDX-License-Identifier: MIT
# CASE: the unmodified driver shows its console, and Dom0 sees exactly what the guest drew
# LIST: once

start=$SECONDS
guest_vgt console xengt_job=fbdump,dmesg,irq || fail_now "the guest has a console"
probe=$(guest_value console probe)
diag "xl create to console: $((SECONDS - start)) s; insmod to framebuffer: $probe s"
ok "the driver is up within 60 s" awk -v t="${probe:-999}" 'BEGIN { exit !(t < 60) }'
driver_happy console
picture_is_guests console

ok "xengt-screenshot writes a PNG" xengt-screenshot console -o "$LAB_TMP/console.png"
ok "the PNG can be decoded" eval "pngtopnm '$LAB_TMP/console.png' >'$LAB_TMP/png.ppm'"
same_picture "the PNG equals the PPM" "$LAB_TMP/png.ppm" "$LAB_TMP/console.ppm"
cp "$LAB_TMP/console.png" "$LAB_KEEP/"
ok "the picture goes to standard output too" \
	eval "xengt-screenshot console -o - | cmp - '$LAB_TMP/console.png'"

ok "the guest ends its jobs" guest_wait console '^LAB IDLE'
diag "$(guest_console console | grep -a i915 | tail -n 1)"
like "xengtctl list names the guest" "$(xengtctl list)" '\bconsole\b'
diag "$(xengtctl stats console 2>&1 | head -n 60)"
xengtctl stats console >"$LAB_KEEP/stats" 2>&1

ok "xl destroy" guest_destroy console
assert_clean
