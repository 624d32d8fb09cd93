# SPDX-License-Identifier: MIT
#
# What a case may use.  A check prints one TAP line and never ends the case; `fail_now` does, for
# a case that cannot go on.  Times are seconds.  See docs/lab.md.

LAB_TAP=${LAB_TAP:-/dev/stdout}
LAB_TMP=${LAB_TMP:-/tmp/lab}
LAB_KEEP=${LAB_KEEP:-/var/log/lab}
LAB_COUNT=0
LAB_FAILED=0
GUEST_DEADLINE=600
mkdir -p "$LAB_TMP" "$LAB_KEEP"

# --- checks -----------------------------------------------------------------------------------

tap_line()
{
	printf '    %s\n' "$*" >>"$LAB_TAP"
	echo "$LAB_COUNT" >"$LAB_TMP/count"
}

# diag TEXT...: a comment in the report, one line per argument.
diag()
{
	local text line
	for text in "$@"; do
		while IFS= read -r line; do
			tap_line "# $line"
		done <<<"$text"
	done
}

pass()
{
	LAB_COUNT=$((LAB_COUNT + 1))
	tap_line "ok $LAB_COUNT - $*"
}

fail()
{
	LAB_COUNT=$((LAB_COUNT + 1))
	LAB_FAILED=$((LAB_FAILED + 1))
	tap_line "not ok $LAB_COUNT - $*"
	return 1
}

skip()
{
	LAB_COUNT=$((LAB_COUNT + 1))
	tap_line "ok $LAB_COUNT - $1 # SKIP ${2-}"
}

# ok NAME COMMAND...: passes if the command succeeds; its output is shown if not.
ok()
{
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name"
		diag "command: $*" "$output"
		return 1
	fi
}

# is NAME GOT EXPECTED
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		diag "     got: $2" "expected: $3"
		return 1
	fi
}

# like NAME TEXT ERE: some line of TEXT matches.
like()
{
	if grep -qaE -- "$3" <<<"$2"; then
		pass "$1"
	else
		fail "$1"
		diag "no line matches /$3/ in:" "$2"
		return 1
	fi
}

fail_now()
{
	fail "$@"
	plan
	exit 1
}

plan()
{
	tap_line "1..$LAB_COUNT"
	: >"$LAB_TMP/plan"
	[ $LAB_FAILED -eq 0 ] || exit 1
}

# --- waiting ----------------------------------------------------------------------------------

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for()
{
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		busybox sleep 0.2
	done
}

# wait_line FILE ERE SECONDS: until a line of the file matches.
wait_line()
{
	wait_for "$3" grep -qaE -- "$2" "$1"
}

# --- guests -----------------------------------------------------------------------------------

guest_serial()
{
	echo "/var/log/xen/serial-$1.log"
}

# Where a guest leaves data for Dom0 on its disk: see guest/init.
GUEST_MAILBOX_MB=64
# The second disk of a guest that runs judges, one guest at a time.  In the guest it is xvdh, for
# the first six would be emulated too.  Writes go to a snapshot: QEMU has no read-only xvd.
JUDGE_DISK=/dev/vdb

# guest_disk NAME WORDS [FOLDER]: the guest's disk with a boot loader that gives the kernel these
# words; kernel and initramfs are those of FOLDER.
guest_disk()
{
	local disk=$LAB_TMP/$1.img from=${3:-/tmp} kernel initrd
	read -r kernel initrd <"$from/layout"
	printf 'linux (hd0)%s %s\ninitrd (hd0)%s\nboot\n' "$kernel" "$2" "$initrd" >"$LAB_TMP/$1.grub"
	grub-mkimage -O i386-pc -p / -c "$LAB_TMP/$1.grub" -o "$LAB_TMP/$1.core" biosdisk linux
	cp "$from/disk" "$disk"
	cat /usr/lib/grub/i386-pc/boot.img "$LAB_TMP/$1.core" | dd of="$disk" conv=notrunc 2>/dev/null
	truncate -s $((GUEST_MAILBOX_MB + 32))M "$disk"
}

# guest_config NAME [KEY=VALUE...]: writes the guest's xl configuration and prints its path.  The
# keys replace the usual ones; an empty value drops the key.  Keys of the lab's own:
#   xengt_job=WORDS  what the guest does (guest/init)   xengt_boot=direct  let QEMU load the kernel
#   cmdline_extra=WORDS  more words for the guest's kernel
#   xengt_judge=SCRIPT  gives the guest the second disk and has it run guest/judge/SCRIPT
#   xengt_kernel=selftest  the kernel with i915's own tests (lib/kernel.sh), not the stock one
guest_config()
{
	local name=$1 file=$LAB_TMP/$1.cfg pair key cmdline disk
	local -A config=(
		[name]=$name [type]=hvm [memory]=320 [vcpus]=1 [cpus]='"1"' [vga]=none [vnc]=0 [usb]=0
		[serial]=file:$(guest_serial "$name") [on_poweroff]=destroy [on_crash]=destroy
		[on_reboot]=restart [xengt_job]=idle [xengt_boot]=disk [cmdline_extra]=
		[xengt_judge]= [xengt_kernel]=
	)
	shift
	for pair in "$@"; do
		config[${pair%%=*}]=${pair#*=}
	done
	cmdline="console=ttyS0 quiet panic=5 xengt.name=$name xengt.job=${config[xengt_job]}"
	cmdline+=" ${config[cmdline_extra]}"
	[ -z "${config[xengt_judge]}" ] || cmdline+=" xengt.judge=${config[xengt_judge]}"
	guest_disk "$name" "$cmdline" ${config[xengt_kernel]:+"/mnt/guest/${config[xengt_kernel]}"}
	if [ "${config[xengt_boot]}" = direct ]; then
		config[kernel]=/mnt/guest/vmlinuz
		config[ramdisk]=/mnt/guest/initrd
		config[cmdline]=$cmdline
	fi
	# AHCI is what the BIOS reads by DMA
	: "${config[hdtype]=ahci}"
	disk="\"format=raw,vdev=hda,access=rw,backendtype=qdisk,target=$LAB_TMP/$name.img\""
	if [ -n "${config[xengt_judge]}" ]; then
		disk+=", \"format=raw,vdev=xvdh,access=rw,backendtype=qdisk,target=$JUDGE_DISK\""
	fi
	: "${config[disk]=[ $disk ]}"
	for key in $(printf '%s\n' "${!config[@]}" | sort); do
		case $key in
		xengt_*|cmdline_extra) continue ;;
		esac
		[ -z "${config[$key]}" ] || printf '%s = %s\n' "$key" "$(config_value "${config[$key]}")"
	done >"$file"
	cp "$file" "$LAB_KEEP/"
	echo "$file"
}

# Numbers, lists and what is quoted already as they are, all else in quotes.
config_value()
{
	if [[ $1 =~ ^([0-9]+$|\[|\") ]]; then
		echo "$1"
	else
		echo "\"$1\""
	fi
}

# Configuration words of a guest with a vGPU.
GUEST_VGT=(vgt=1 device_model_override=/usr/libexec/xengt/xengt-dm)

# guest_create NAME [KEY=VALUE...]: stock xl create; its output stays in xl-NAME.log.
guest_create()
{
	local file
	file=$(guest_config "$@")
	rm -f "$(guest_serial "$1")"
	timeout 120 xl -v create "$file" >"/var/log/xen/xl-$1.log" 2>&1
}

# guest_destroy NAME: and waits until the domain is gone and not merely dying.
guest_destroy()
{
	local id
	id=$(guest_id "$1") || return 1
	timeout 60 xl destroy "$1" || return 1
	wait_for 30 domain_gone "$id"
}

guest_id()
{
	xl domid "$1" 2>/dev/null
}

domain_gone()
{
	! xl list | awk 'NR > 1 { print $2 }' | grep -qx "$1"
}

# guest_console NAME: what the guest said on its serial line.
guest_console()
{
	tr -d '\r\000' <"$(guest_serial "$1")"
}

# guest_wait NAME ERE [SECONDS]: until the guest says it; shows the end of what it said if not.
guest_wait()
{
	wait_line "$(guest_serial "$1")" "$2" "${3:-$GUEST_DEADLINE}" && return 0
	diag "guest $1 did not say /$2/ within ${3:-$GUEST_DEADLINE} s; its last words:" \
		"$(guest_console "$1" 2>&1 | tail -n 15)"
	return 1
}

# guest_value NAME KEY: VALUE of the guest's last line "LAB key VALUE".
guest_value()
{
	guest_console "$1" | sed -n "s/^LAB $2 //p" | tail -n 1
}

# relay FILE: TAP that a guest wrote, as checks of this case.
relay()
{
	local line
	while IFS= read -r line; do
		case $line in
		'not ok '*) fail "$(sed 's/^not ok [0-9]* *-* *//' <<<"$line")" ;;
		'ok '*'# SKIP '*) skip "$(sed 's/^ok [0-9]* *-* *//; s/ # SKIP.*//' <<<"$line")" \
			"${line##*# SKIP }" ;;
		'ok '*) pass "$(sed 's/^ok [0-9]* *-* *//' <<<"$line")" ;;
		'Bail out'*) fail "the test domain reaches its end: $line" ;;
		'#'*) diag "${line#\# }" ;;
		esac
	done <"$1"
}

# guest_vgt NAME [KEY=VALUE...]: creates a guest with a vGPU and waits for its console.
guest_vgt()
{
	local name=$1
	shift
	if ! guest_create "$name" "${GUEST_VGT[@]}" "$@"; then
		fail "xl create of $name with vgt=1"
		diag "$(tail -n 20 "/var/log/xen/xl-$name.log")" "$(dm_log "$name" | tail -n 20)"
		return 1
	fi
	pass "xl create of $name with vgt=1"
	if ! guest_wait "$name" '^LAB READY'; then
		fail "$name: the driver brings up its console"
		diag "$(dm_log "$name" | tail -n 20)"
		return 1
	fi
	pass "$name: the driver brings up its console"
}

# dm_log NAME: what the device model and the mediator of a guest logged.
dm_log()
{
	cat "/var/log/xen/qemu-dm-$1.log" "/var/log/xen/xengt-$1.log" 2>/dev/null
}

# --- judges -----------------------------------------------------------------------------------

# guest_judge NAME SCRIPT SECONDS [KEY=VALUE...]: creates a guest that runs guest/judge/SCRIPT, and
# waits until it is done.
guest_judge()
{
	local name=$1 script=$2 seconds=$3
	shift 3
	guest_vgt "$name" memory=768 xengt_job=judge "xengt_judge=$script" "$@" || return 1
	guest_judged "$name" "$seconds"
}

# guest_judged NAME SECONDS: until the guest's script is done; what it kept is in
# $LAB_TMP/NAME-kept then, and among the artefacts.
guest_judged()
{
	ok "$1: the judges come to their end" guest_wait "$1" '^LAB DONE judge' "$2" || return 1
	mkdir -p "$LAB_TMP/$1-kept"
	dd if="$LAB_TMP/$1.img" bs=1M skip=$GUEST_MAILBOX_MB 2>/dev/null |
		tar x -C "$LAB_TMP/$1-kept" 2>/dev/null
	tar czf "$LAB_KEEP/$1-kept.tar.gz" -C "$LAB_TMP" "$1-kept"
}

# verdicts NAME LIST: what the judges in the guest say against tests/lab/expect/LIST, both ways: a
# verdict that differs fails, so does one that is missing or not in the list.  A line of the list
# is NAME, pass or skip, and for a skip the reason, with tabs between.  LIST may be a path, too.
verdicts()
{
	local guest=$1 list=/lab/expect/$2 name expected reason got words
	[[ $2 != /* ]] || list=$2
	guest_console "$guest" | sed -n 's/^LAB judge //p' >"$LAB_TMP/verdicts"
	while IFS=$'\t' read -r name expected reason; do
		case $name in '' | '#'*) continue ;; esac
		got=$(awk -v n="$name" '$1 == n { print $2; exit }' "$LAB_TMP/verdicts")
		words=$(awk -v n="$name" '$1 == n { $1 = $2 = ""; print; exit }' "$LAB_TMP/verdicts")
		if [ "$got" != "$expected" ]; then
			fail "$2: $name"
			diag "expected $expected, got ${got:-no verdict}:$words"
		elif [ "$got" = skip ]; then
			skip "$2: $name" "$reason"
		else
			pass "$2: $name"
		fi
	done <"$list"
	is "$2: every verdict is in the list" \
		"$(awk 'NR == FNR { known[$1] = 1; next } !($1 in known) { printf "%s ", $1 }' \
			"$list" "$LAB_TMP/verdicts")" ""
}

# guest_paused NAME WORD SECONDS: until the guest says that it waits there.
guest_paused()
{
	guest_wait "$1" "^LAB PAUSE $2\b" "$3"
}

# guest_go NAME WORD: lets it go on.
guest_go()
{
	printf '%-512s' "go $2 " |
		dd of="$LAB_TMP/$1.img" bs=512 seek=$(((GUEST_MAILBOX_MB + 32) * 2048 - 1)) conv=notrunc \
			2>/dev/null
}

# vgt_count NAME COUNTER: from xengtctl stats.
vgt_count()
{
	xengtctl stats "$1" | awk -v c="$2" '$1 == c { print $2; exit }'
}

# --- pictures ---------------------------------------------------------------------------------

# guest_fb NAME OUT.ppm: turns the framebuffer the guest dumped to its disk into a PPM.
guest_fb()
{
	local geometry
	geometry=$(guest_value "$1" fb)
	[ -n "$geometry" ] || return 1
	# shellcheck disable=SC2086  # width height stride bits offset
	/usr/lib/xengt-lab/fbcmp ppm "$LAB_TMP/$1.img" $geometry >"$2"
}

# same_picture NAME A.ppm B.ppm: equal pixel for pixel; kept in the artefacts if not.
same_picture()
{
	local output
	if output=$(/usr/lib/xengt-lab/fbcmp cmp "$2" "$3" 2>&1); then
		pass "$1"
		diag "$output"
	else
		fail "$1"
		diag "$output"
		cp -f "$2" "$LAB_KEEP/"
		cp -f "$3" "$LAB_KEEP/expected-${3##*/}"
		return 1
	fi
}

# --- nothing left -----------------------------------------------------------------------------

leftovers()
{
	xl list | awk 'NR > 1 && $2 != 0 { print "domain " $0 }'
	ps -eo pid,args | awk '/\/libexec\/(xengt|xen-qemu)|xengt-dm/ && !/awk/ { print "process " $0 }'
	ls /run/xengt/*.sock 2>/dev/null
	xenstore-ls /libxl 2>/dev/null | awk '/^[1-9]/ { print "xenstore /libxl/" $0 }'
}

# assert_clean [NAME]: no domain, no process, no socket, nothing in xenstore.
assert_clean()
{
	local left
	wait_for "${CLEAN_DEADLINE:-20}" nothing_left
	left=$(leftovers)
	if [ -z "$left" ]; then
		pass "${1:-nothing is left behind}"
	else
		fail "${1:-nothing is left behind}"
		diag "$left"
		return 1
	fi
}

nothing_left()
{
	[ -z "$(leftovers)" ]
}

# --- the driver in the guest ------------------------------------------------------------------

# dmesg_trouble NAME: lines of the guest's kernel that speak of trouble and are not expected, from
# the moment at which it loads i915; before that it complains of the emulated processor.
dmesg_trouble()
{
	local allowed
	allowed=$(sed '/^#/d; /^$/d; s/\t.*//' /lab/dom0/dmesg-allowed | paste -sd '|')
	guest_console "$1" |
		awk -v from="$(guest_value "$1" 'i915 insmod')" \
			'!match($0, /^\[ *[0-9.]+\]/) || substr($0, 2) + 0 >= from + 0' |
		grep -aE '\*ERROR\*|WARNING|BUG:|Oops|Call Trace|cut here|RIP:|GPU HANG|wedged|[Tt]imed out|hung|lockup|[Ff]ailed|mismatch|panic|WARN_ON' |
		grep -avE '^LAB (wedged 0$|judge )' | grep -avE -- "$allowed"
}

# driver_happy NAME: no word of trouble in the guest's log, and i915 has not given its GPU up.
driver_happy()
{
	local trouble
	trouble=$(dmesg_trouble "$1")
	is "$1: the driver has nothing to complain about" "$trouble" ""
	is "$1: i915_wedged is 0" "$(guest_value "$1" wedged)" 0
}

# picture_is_guests NAME: what xengt-screenshot shows is what the guest's framebuffer holds.
picture_is_guests()
{
	local name=$1
	ok "$name: dumps its framebuffer" guest_wait "$name" '^LAB DONE fbdump' 120 || return 1
	ok "$name: the dump is a picture" eval "guest_fb $name $LAB_TMP/$name-guest.ppm" || return 1
	ok "$name: xengt-screenshot writes a PPM" \
		xengt-screenshot "$name" -o "$LAB_TMP/$name.ppm" || return 1
	same_picture "$name: the screenshot equals the guest's framebuffer" \
		"$LAB_TMP/$name.ppm" "$LAB_TMP/$name-guest.ppm"
}
