# SPDX-License-Identifier: MIT
#
# What a guest's driver and its debugfs say of the platform that vgt_gen= names.

# facts DEVICE VERSION PLATFORM TIMESTAMP_HZ: what debugfs says of the device.
facts()
{
	is "$guest: debugfs names the device" "$(guest_value "$guest" fact-captured-device)" "$1"
	is "$guest: its generation" "$(guest_value "$guest" fact-version)" "$2"
	is "$guest: its platform" "$(guest_value "$guest" fact-platform)" "$3"
	is "$guest: the rate of its time stamps" "$(guest_value "$guest" fact-timestamp-Hz)" "$4"
	is "$guest: one slice" "$(guest_value "$guest" fact-slices)" 1
	is "$guest: three subslices" "$(guest_value "$guest" fact-subslices)" 3
	is "$guest: 24 execution units" "$(guest_value "$guest" fact-eus)" 24
	is "$guest: four engines" "$(guest_value "$guest" fact-engines)" 4
	is "$guest: every file of debugfs can be read" \
		"$(guest_console "$guest" | grep -a '^LAB debugfs unreadable')" ""
}

# The driver gives its GPU up if recording the default contexts takes 200 ms, all engines together.
contexts_in_time()
{
	local stats busy
	stats=$(xengtctl stats "$guest")
	busy=$(sed -n 's/^longest_busy_us //p' <<<"$stats")
	diag "longest: context $(sed -n 's/^longest_context_us //p' <<<"$stats") us, busy $busy us" \
		"insmod to framebuffer: $(guest_value "$guest" probe) s"
	ok "$guest: the default contexts are recorded within 100 ms" test "${busy:-999999}" -lt 100000
	is "$guest: every register it used is known" \
		"$(sed -n 's/^event_unknown_register //p' <<<"$stats")" 0
}

# platform_is NAME: all of it for the guest $guest, whose jobs are debugfs and fbdump.
platform_is()
{
	ok "$guest: reads debugfs" guest_wait "$guest" '^LAB DONE debugfs' 60
	case $1 in
	broadwell) facts 0x1612 8 BROADWELL 12500000 ;;
	kabylake) facts 0x5912 9 KABYLAKE 12000000 ;;
	esac
	driver_happy "$guest"
	picture_is_guests "$guest"
	contexts_in_time
	xengtctl stats "$guest" >"$LAB_KEEP/stats-$guest"
}
