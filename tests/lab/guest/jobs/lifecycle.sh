# SPDX-License-Identifier: MIT
#
# Jobs that take the driver through its life: what it says of its device in debugfs, unbind and
# bind, sleep, a new kernel by kexec.  Read by init; uses its say, word and wait_path.

DEBUGFS=/sys/kernel/debug/dri/0

# What of debugfs is read; a kernel may lack some.
DEBUGFS_FILES="capabilities cur_wm_latency display_info engine_info fbc_status
	frequency_info gem_framebuffer gem_objects gpu_info lpsp_status power_domain_info
	runtime_pm_status shared_dplls_info sseu_status swizzle_info vbt wa_registers wedged"

device() { cd /sys/bus/pci/drivers/i915 && echo 0000:*; }

wedged() { cat /sys/kernel/debug/dri/*/i915_wedged 2>/dev/null | head -n 1; }

# health: one word that a check of the log does not take for trouble if all is well.
health() { [ "$(wedged)" = 0 ] && echo healthy || echo wedged; }

# Facts of what i915 says of its device, for Dom0 to compare.
job_debugfs()
{
	for file in $DEBUGFS_FILES; do
		[ ! -e "$DEBUGFS/i915_$file" ] || cat "$DEBUGFS/i915_$file" >/dev/null ||
			say "debugfs unreadable $file"
	done
	cat "$DEBUGFS/i915_gpu_info" >/tmp/gpu_info || say "debugfs unreadable i915_gpu_info"
	say "gpu-info-bytes $(wc -c </tmp/gpu_info)"
	facts="$DEBUGFS/i915_capabilities $DEBUGFS/i915_engine_info /tmp/gpu_info"
	sed -n \
		-e 's/^pciid: */LAB fact-device /p' \
		-e 's/^graphics version: */LAB fact-version /p' \
		-e 's/^platform: */LAB fact-platform /p' \
		-e 's/^CS timestamp frequency: *\([0-9]*\).*/LAB fact-timestamp-Hz \1/p' \
		-e 's/^slice total: *\([0-9]*\).*/LAB fact-slices \1/p' \
		-e 's/^subslice total: */LAB fact-subslices /p' \
		-e 's/^EU total: */LAB fact-eus /p' \
		-e 's/^PCI ID: */LAB fact-captured-device /p' $facts | sort -u
	say "fact-engines $(grep -cE '^(rcs|bcs|vcs|vecs)[0-9]' "$DEBUGFS/i915_engine_info")"
	say "DONE debugfs"
}

# console_off: takes fbcon off the driver's framebuffer, which would hold the module.
console_off()
{
	for console in /sys/class/vtconsole/vtcon*; do
		grep -q 'frame buffer' "$console/name" && echo 0 >"$console/bind"
	done
}

console_on()
{
	wait_path 60 /dev/fb0 || { say "no fb0 again"; return 1; }
	for console in /sys/class/vtconsole/vtcon*; do
		grep -q 'frame buffer' "$console/name" && echo 1 >"$console/bind"
	done
	return 0
}

# after NAME: what a check of the driver wants to know after its turns; of the log only what
# speaks of trouble, for the rest was said at each turn.
after()
{
	say "wedged $(wedged)"
	paint
	say "dmesg {"
	dmesg | grep -E 'WARN|ERROR|BUG|Oops|Call Trace|RIP:|hung|GPU HANG|wedged|cut here|[Tt]imed out|mismatch|[Ff]ailed|workaround lost' |
		grep -v dmc
	say "dmesg }"
	say "DONE $1 $(word turns)"
}

turns()
{
	n=$(word turns)
	seq "${n:-20}"
}

job_rebind()
{
	device=$(device)
	for turn in $(turns); do
		console_off
		echo "$device" >/sys/bus/pci/drivers/i915/unbind || say "unbind failed, turn $turn"
		[ -e /dev/fb0 ] && say "fb0 is still there, turn $turn"
		echo "$device" >/sys/bus/pci/drivers/i915/bind || say "bind failed, turn $turn"
		console_on || break
		say "turn $turn $(uptime) $(health)"
	done
	after rebind
}

# To sleep; whoever plays the person says when to wake up, or, with xengt.pmtest=devices, the
# kernel does it by itself without leaving S0: only the drivers are sent to sleep.
job_suspend()
{
	test=$(word pmtest)
	[ -z "$test" ] || echo "$test" >/sys/power/pm_test || say "no pm_test"
	grep -q mem /sys/power/state || say "no S3"
	for turn in $(turns); do
		say "sleeps $turn"
		echo mem >/sys/power/state || say "suspend failed, turn $turn"
		say "woke $turn $(uptime) $(health)"
	done
	after suspend
}

# The kernel and the initramfs as they lie on the guest's disk: xengt.disk=KERNEL,INITRD, each
# FIRST+COUNT in sectors.
from_disk()
{
	dd if=/dev/xvda bs=512 skip="${1%+*}" count="${1#*+}" of="$2" 2>/dev/null
}

# A client that shows picture after picture, from now on; it would end if it could read something.
job_flips()
{
	modetest -M i915 -c >/tmp/modetest
	connector=$(awk '$3 == "connected" { print $1; exit }' /tmp/modetest)
	sleep 1000 | modetest -M i915 -s "$connector:1024x768" -v >/tmp/flips 2>&1 &
	usleep 500000
	if pidof modetest >/dev/null; then
		say "DONE flips"
	else
		cat /tmp/flips
	fi
}

# A new kernel while the driver has a client that shows picture after picture.
job_kexec()
{
	if [ "$(word boot)" = kexec ]; then
		say "DONE kexec"
		return 0
	fi
	disk=$(word disk)
	from_disk "${disk%,*}" /tmp/kernel
	from_disk "${disk#*,}" /tmp/initrd
	job_flips
	words=$(sed 's/xengt.boot=[^ ]*//' /proc/cmdline)
	kexec -l /tmp/kernel --initrd=/tmp/initrd --command-line="$words xengt.boot=kexec" ||
		say "kexec -l failed"
	kexec -e || say "kexec -e failed"
}

# One reboot: the disk remembers that it was done.
job_reboot_once()
{
	if [ "$(dd if=/dev/xvda bs=1M skip=94 count=1 2>/dev/null | head -c 5)" = again ]; then
		say "DONE reboot_once"
		return
	fi
	echo again | dd of=/dev/xvda bs=1M seek=94 conv=fsync,notrunc 2>/dev/null
	job_reboot
}
