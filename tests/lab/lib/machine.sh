# SPDX-License-Identifier: MIT
#
# The machine: QEMU with flags under which stock Xen boots, as KVM guest or purely emulated, and
# the relay of what Dom0 reports.  Every wait has a deadline; QEMU never outlives the lab.

# Why each flag that is taken away from the emulated CPU: with smap and smep the PV Dom0 dies in
# its first exception, with monitor Xen faults in mwait_idle, with rdtscp a guest's rdtscp exit
# cannot be skipped, since the emulator has no next-RIP saving.
MACHINE_CPU_TCG=EPYC,+svm,+npt,-smap,-smep,-monitor,-rdtscp
MACHINE_BOOT_DEADLINE=300
MACHINE_PID=
# Counts over all runs of this call of the lab; where the results of each try go.
MACHINE_PASSED=0
MACHINE_FAILED=0
MACHINE_CASES_OK=()
MACHINE_FIRST=
MACHINE_AGAIN=-again

# kvm or tcg, and why on the progress channel.
machine_accel()
{
	local nested
	case $LAB_ACCEL in
	kvm|tcg) echo "$LAB_ACCEL"; return ;;
	auto) ;;
	*) die "--accel is kvm, tcg or auto, not '$LAB_ACCEL'" ;;
	esac
	nested=$(cat /sys/module/kvm_{intel,amd}/parameters/nested 2>/dev/null | head -n 1 || true)
	if ! grep -qwE '^flags.*(svm|vmx)' /proc/cpuinfo; then
		note "no hardware virtualisation here: pure emulation"
		echo tcg
	elif ! [[ $nested =~ ^[1Yy]$ ]]; then
		note "KVM without nested virtualisation: pure emulation"
		echo tcg
	elif ! echo quit | timeout 20 qemu-system-x86_64 -accel kvm -cpu host -S -display none \
		-nodefaults -monitor stdio >/dev/null 2>&1; then
		note "KVM cannot be used: pure emulation"
		echo tcg
	else
		note "nested KVM"
		echo kvm
	fi
}

# What Dom0 sees of this machine: the tree's tests/lab, the compiled xengt, the guest's kernel,
# and a folder to write to.
machine_prepare()
{
	need_packages qemu-system-x86_64=qemu-system-x86
	MACHINE_OUT=$LAB_OUT/$LAB_DOM0-$LAB_GUEST$1
	rm -rf -- "$MACHINE_OUT"
	mkdir -p -- "$MACHINE_OUT/results" "$MACHINE_OUT/job" "$LAB_OUT/guest-$LAB_GUEST"
	: >"$MACHINE_OUT/tap"
	machine_guest_disk "$GUEST_IMAGE" "$LAB_OUT/guest-$LAB_GUEST"
	rm -rf -- "$LAB_OUT/guest-$LAB_GUEST/selftest"
	if [ -n "$SELFTEST_IMAGE" ]; then
		mkdir -p -- "$LAB_OUT/guest-$LAB_GUEST/selftest"
		machine_guest_disk "$SELFTEST_IMAGE" "$LAB_OUT/guest-$LAB_GUEST/selftest"
	fi
}

# machine_guest_disk IMAGE FOLDER: the image's kernel and initramfs, and both on a disk: kernel at
# 1 MiB, initramfs after it, in whole sectors; Dom0 adds a boot loader with the guest's command line.
# A guest boots from disk because QEMU hands a kernel to a Xen guest byte by byte (45 s for 22 MB).
machine_guest_disk()
{
	local image=$1 folder=$2 kernel_sectors initrd_sectors
	cp -- "$image/vmlinuz" "$folder/vmlinuz"
	{
		(cd -- "$LAB_DIR/guest" && find . | cpio --quiet -o -H newc -R 0:0)
		(cd -- "$INSTALL_TREE/usr/lib/xengt-lab/guest" && find . |
			cpio --quiet -o -H newc -R 0:0)
		cat -- "$image/base.cpio.zst"
	} >"$folder/initrd"
	kernel_sectors=$((($(stat -c %s "$folder/vmlinuz") + 511) / 512))
	initrd_sectors=$((($(stat -c %s "$folder/initrd") + 511) / 512))
	{
		truncate -s 1M "$folder/disk"
		dd if="$folder/vmlinuz" bs=512 seek=2048 of="$folder/disk"
		dd if="$folder/initrd" bs=512 seek=$((2048 + kernel_sectors)) of="$folder/disk"
	} 2>/dev/null
	truncate -s $(((2048 + kernel_sectors + initrd_sectors) * 512)) "$folder/disk"
	printf '2048+%d %d+%d\n' $kernel_sectors $((2048 + kernel_sectors)) $initrd_sectors \
		>"$folder/layout"
}

# machine_arguments WORD...: fills MACHINE_ARGUMENTS; the words go to Dom0's kernel command line.
machine_arguments()
{
	local accel cpu
	accel=$(machine_accel)
	case $accel in
	kvm) cpu=host; accel=kvm ;;
	tcg) cpu=$MACHINE_CPU_TCG; accel=tcg,thread=multi ;;
	esac
	MACHINE_ARGUMENTS=(
		-accel "$accel" -cpu "$cpu" -machine q35 -smp 2 -m "$LAB_MEM"
		-no-reboot -nodefaults -display none
		-monitor "unix:$MACHINE_OUT/monitor,server=on,wait=off"
		-kernel "$DOM0_IMAGE/xen"
		# Dom0 has one processor and guests the other (guest_config), so that Dom0 never shares
		# one with the emulation of nested paging
		-append "console=com1 com1=115200,8n1 dom0_mem=1536M,max:1536M dom0_max_vcpus=1 dom0_vcpus_pin=1 max_cstate=1 loglvl=info guest_loglvl=all console_timestamps=boot"
		# a comma separates Dom0's kernel from its initramfs
		-initrd "$DOM0_IMAGE/vmlinuz console=hvc0 quiet panic=1 net.ifnames=0 $*,$DOM0_IMAGE/initrd"
		-drive "file=$DOM0_IMAGE/disk.ext4,format=raw,if=virtio,snapshot=on,cache=unsafe"
		-virtfs "local,id=lab,mount_tag=lab,path=$LAB_DIR,security_model=none,readonly=on"
		-virtfs "local,id=install,mount_tag=install,path=$INSTALL_TREE,security_model=none,readonly=on"
		-virtfs "local,id=guest,mount_tag=guest,path=$LAB_OUT/guest-$LAB_GUEST,security_model=none,readonly=on"
		-virtfs "local,id=out,mount_tag=out,path=$MACHINE_OUT,security_model=none"
	)
	if [ -n "$JUDGE_IMAGE" ]; then
		MACHINE_ARGUMENTS+=(
			-drive "file=$JUDGE_IMAGE/disk.ext4,format=raw,if=virtio,snapshot=on,cache=unsafe"
		)
	fi
}

# One machine for every two processors, for all labs that share this cache: emulated machines that
# compete for processors are slower by far more than their number.
machine_slot()
{
	local slots=$((($(nproc) + 1) / 2)) slot said=no
	while :; do
		for slot in $(seq $slots); do
			exec {MACHINE_SLOT}>"$LAB_CACHE/machine.$slot.lock"
			flock -n $MACHINE_SLOT && return
			exec {MACHINE_SLOT}>&-
		done
		[ $said = yes ] || note "waiting for another run of the lab to end"
		said=yes
		sleep 1
	done
}

machine_stop()
{
	[ -n "$MACHINE_PID" ] || return 0
	kill "$MACHINE_PID" 2>/dev/null || true
	wait "$MACHINE_PID" 2>/dev/null || true
	MACHINE_PID=
	# or this lab would wait for itself when it boots a second machine
	flock -u "$MACHINE_SLOT"
	exec {MACHINE_SLOT}>&-
}

machine_alive()
{
	kill -0 "$MACHINE_PID" 2>/dev/null
}

# machine_wait_line FILE PATTERN SECONDS
machine_wait_line()
{
	local deadline=$((SECONDS + $3))
	until grep -qaE -- "$2" "$1" 2>/dev/null; do
		machine_alive || return 1
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.2
	done
}

# machine_run SUFFIX CASE-FILE...: fails if a check of these cases fails.
machine_run()
{
	local rc=0 console start=$SECONDS
	machine_prepare "$1"
	shift
	cp -- "$@" "$MACHINE_OUT/job/"
	basename -a -s .sh -- "$@" >"$MACHINE_OUT/job/cases"
	machine_arguments xengt.lab=run xengt.deadline="$LAB_DEADLINE" xengt.guest="$LAB_GUEST"
	console=$MACHINE_OUT/console.log
	trap machine_stop EXIT
	trap 'exit 130' INT TERM
	machine_slot
	start=$SECONDS
	note "booting Xen: Dom0 $LAB_DOM0, guest $LAB_GUEST (console: $console)"
	qemu-system-x86_64 "${MACHINE_ARGUMENTS[@]}" -serial "file:$console" \
		-serial "file:$MACHINE_OUT/tap" >"$MACHINE_OUT/qemu.log" 2>&1 </dev/null &
	MACHINE_PID=$!
	if ! machine_wait_line "$console" '^LAB-READY' $MACHINE_BOOT_DEADLINE; then
		tail -n 30 -- "$console" "$MACHINE_OUT/qemu.log" | sed 's/^/# | /' >&3
		note "Dom0 did not come up within $MACHINE_BOOT_DEADLINE s"
		MACHINE_FAILED=$((MACHINE_FAILED + 1))
		machine_stop
		return 1
	fi
	note "Dom0 is up after $((SECONDS - start)) s"
	machine_relay || rc=1
	local deadline=$((SECONDS + 30))
	while machine_alive && [ $SECONDS -lt $deadline ]; do
		sleep 0.2
	done
	machine_alive && note "Dom0 did not power off by itself"
	machine_stop
	note "the run took $((SECONDS - start)) s; logs are in $MACHINE_OUT"
	return $rc
}

# Prints Dom0's TAP as it comes and then the count of checks; fails if one failed or none was made.
machine_relay()
{
	local line passed=0 failed=0 skipped=0 done=no fd longest
	longest=$(for line in "${LAB_CASES[@]}"; do case_seconds "$line"; done | sort -n | tail -n 1)
	exec {fd}< <(tail -n +1 -f -s 0.2 --pid="$MACHINE_PID" -- "$MACHINE_OUT/tap" 2>/dev/null |
		stdbuf -oL tr -d '\r')
	while IFS= read -r -t $((longest + 60)) -u "$fd" line; do
		[ "$line" != LAB-DONE ] || { done=yes; break; }
		printf '%s\n' "$line"
		case $line in
		'    ok '*'# SKIP'*) skipped=$((skipped + 1)) ;;
		'    ok '*) passed=$((passed + 1)) ;;
		'    not ok '*) failed=$((failed + 1)) ;;
		'ok '*' - '*) line=${line#* - }; MACHINE_CASES_OK+=("${line%% *}") ;;
		esac
	done
	exec {fd}<&-
	if [ $done = no ]; then
		printf 'Bail out! Dom0 fell silent\n'
		tail -n 30 -- "$MACHINE_OUT/console.log" | sed 's/^/# | /' >&3
		failed=$((failed + 1))
	fi
	[ $skipped -eq 0 ] || printf '# %d skipped\n' $skipped
	MACHINE_PASSED=$((MACHINE_PASSED + passed))
	MACHINE_FAILED=$((MACHINE_FAILED + failed))
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
}

# machine_passed CASE-FILE: whether every check of the case passed.
machine_passed()
{
	local case
	case=$(basename -s .sh -- "$1")
	[[ " ${MACHINE_CASES_OK[*]} " == *" $case "* ]]
}

# machine_count FAILED: the closing line; fails as the run did.
machine_count()
{
	printf '%d passed, %d failed\n' "$MACHINE_PASSED" "$1"
	[ "$1" -eq 0 ] && [ "$MACHINE_PASSED" -gt 0 ]
}

# Dom0's console on this terminal.
machine_shell()
{
	machine_prepare -shell
	machine_arguments xengt.lab=shell xengt.guest="$LAB_GUEST"
	machine_slot
	note "booting; 'poweroff' or ctrl-a x ends it, lab functions are loaded"
	qemu-system-x86_64 "${MACHINE_ARGUMENTS[@]}" -chardev stdio,id=con,mux=on,signal=off \
		-serial chardev:con -mon chardev=con
}
