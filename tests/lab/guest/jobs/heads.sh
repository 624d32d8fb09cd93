# SPDX-License-Identifier: MIT
#
# Heads, modes and monitors that come and go, by the program of tests/kms.  Pictures are known to
# Dom0 by number and size ("LAB shown HEAD WIDTH HEIGHT NUMBER").  Read by init; uses its say, word, pause.

# show HEAD:WIDTHxHEIGHT:NUMBER...: until unshow.
show()
{
	/judge-bin/kms-judge show "$@" >/tmp/show 2>&1 &
	program=$!
	tenths=600
	until grep -q '^LAB shown all' /tmp/show || ! kill -0 $program 2>/dev/null || [ $tenths = 0 ]; do
		usleep 100000
		tenths=$((tenths - 1))
	done
	cat /tmp/show
}

unshow()
{
	kill $program
	wait $program 2>/dev/null
}

# plugged NUMBER: an argument of show for each head with a monitor, in its preferred mode.
plugged()
{
	/judge-bin/kms-judge list |
		awk -v n="$1" '$2 == "head" && $4 == "plugged" { printf "%d:0x0:%d ", $3, n + $3 }'
}

# Every head, another picture on each.
job_heads()
{
	show $(plugged 1)
	pause heads
	unshow
	dmesg_serial
	say "DONE heads"
}

# Each size that head 0 offers, one after the other.
job_modes()
{
	/judge-bin/kms-judge list >/tmp/modes
	cat /tmp/modes
	number=0
	for size in $(awk '$2 == "mode" && $3 == 0 && !seen[$4]++ { print $4 }' /tmp/modes); do
		number=$((number + 1))
		show 0:$size:$number
		pause mode$number
		unshow
	done
	say "modes $number"
	dmesg_serial
	say "DONE modes"
}

# What the driver knows of its connectors without being asked to look.
monitors()
{
	for connector in /sys/class/drm/card0-*; do
		say "monitor ${connector##*card0-} $(cat $connector/status) $(head -n 1 $connector/modes)" \
			"$(md5sum <$connector/edid | cut -d' ' -f1)"
	done
}

# After each change that Dom0 makes: once the driver knows, its heads are shown.
job_hotplug()
{
	monitors >/tmp/monitors
	cat /tmp/monitors
	while :; do
		monitors >/tmp/monitors-now
		if ! cmp -s /tmp/monitors /tmp/monitors-now; then
			mv /tmp/monitors-now /tmp/monitors
			cat /tmp/monitors
		fi
		usleep 300000
	done &
	watcher=$!
	for step in $(seq "$(word steps)"); do
		pause step$step
		show $(plugged $((step * 10)))
		pause shown$step
		unshow
	done
	kill $watcher
	dmesg_serial
	say "DONE hotplug"
}

# What the driver found of the OpRegion, its Video BIOS Table, and which connectors came of it.
job_opregion()
{
	say "opregion $(head -c 16 /sys/kernel/debug/dri/0/i915_opregion)" \
		"$(wc -c </sys/kernel/debug/dri/0/i915_opregion)"
	say "vbt $(head -c 4 /sys/kernel/debug/dri/0/i915_vbt)"
	say "connectors $(ls -d /sys/class/drm/card0-* | sed 's/.*card0-//' | tr '\n' ' ')"
	say "memory $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
	say "place $(awk -F '[- ]' '$1 <= "fe000000" && $2 >= "fe001fff" { print $NF; exit }' /proc/iomem)"
	say "DONE opregion"
}

# Pictures that are numbers, as fast as they go.
job_numbers()
{
	for how in sync async; do
		/judge-bin/kms-judge flip $how >/tmp/numbers 2>&1 &
		program=$!
		tenths=300
		until grep -q "^LAB flipping $how" /tmp/numbers || [ $tenths = 0 ]; do
			usleep 100000
			tenths=$((tenths - 1))
		done
		cat /tmp/numbers
		pause $how
		unshow
		tail -n 1 /tmp/numbers
	done
	dmesg_serial
	say "DONE numbers"
}

# The driver only when Dom0 has seen the guest without it: for job "plain".
job_late_driver()
{
	pause driver
	driver
	paint
	dmesg_serial
	say "DONE late_driver"
}
