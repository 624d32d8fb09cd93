# SPDX-License-Identifier: MIT
# CASE: the driver bound 20 times, put to sleep 20 times, S3, a kexec, a reboot; the vGPU starts clean
# LIST: full

# again NAME WHAT: after it, the driver is content and its picture is right.
again()
{
	driver_happy "$1"
	picture_is_guests "$1"
	is "$1: $2: nothing unknown was asked of the vGPU" \
		"$(xengtctl stats "$1" | grep -E '^event_' | grep -v ' 0$')" ""
}

# wake NAME TURN: whoever plays the person at the machine.
wake()
{
	xl trigger "$1" s3resume
	wait_line "$(guest_serial "$1")" "^LAB woke $2 " 10
}

turns=20
awake=
guest_vgt driver xengt_job=rebind,suspend,fbdump \
	cmdline_extra="xengt.turns=$turns xengt.pmtest=devices suspend.pm_test_delay=0" ||
	fail_now "the guest has a console"
ok "the driver is unbound and bound $turns times" guest_wait driver '^LAB DONE rebind' 400
ok "the driver sleeps and wakes $turns times" guest_wait driver '^LAB DONE suspend' 400
is "each time it is content" \
	"$(guest_console driver | grep -acE '^LAB (turn|woke) [0-9]+ [0-9.]+ healthy')" $((2 * turns))
again driver "bound and asleep $turns times"
ok "xl destroy" guest_destroy driver

# S3 on real Xen: in the emulated machine a guest often stops at the vector its firmware resumes at,
# with a vGPU or without one (docs/lab.md), so the first of a few guests that comes back is judged.
for guest in s3-1 s3-2 s3-3 s3-4 s3-5; do
	guest_vgt $guest xengt_job=suspend,fbdump cmdline_extra="xengt.turns=1" || break
	ok "S3: the guest goes to sleep" guest_wait $guest "^LAB sleeps 1" 120
	busybox sleep 2
	if wait_for 25 wake $guest 1; then
		awake=$guest
		break
	fi
	diag "$guest did not leave its firmware"
	ok "xl destroy" guest_destroy $guest
done
ok "S3: a guest wakes" test -n "$awake"
if guest_wait "$awake" '^LAB DONE suspend' 60; then
	again "$awake" "S3"
	ok "xl destroy" guest_destroy "$awake"
fi

read -r kernel initrd </tmp/layout
guest_vgt new-kernel xengt_job=kexec,fbdump cmdline_extra="xengt.disk=$kernel,$initrd"
ok "kexec: the new kernel's driver brings up its console" guest_wait new-kernel '^LAB DONE kexec'
again new-kernel kexec
ok "xl destroy" guest_destroy new-kernel

guest_vgt reborn xengt_job=reboot_once,fbdump,hold,flips
ok "reboot: the driver brings up its console again" guest_wait reborn '^LAB DONE reboot_once'
again reborn reboot
guest_go reborn hold
ok "reborn: pictures flip" guest_wait reborn '^LAB DONE flips' 60
ok "xl destroy while they do" guest_destroy reborn
assert_clean
