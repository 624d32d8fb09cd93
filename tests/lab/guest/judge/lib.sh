# SPDX-License-Identifier: MIT
#
# What the judges' scripts use, in a guest, in the second disk's root.  A judge is a program that
# nobody here wrote; a verdict is a line "LAB judge NAME pass|fail|skip WORDS" on the serial line.
# Which verdict is right is for the case in Dom0 to say (tests/lab/expect).  A program's whole
# output goes to /tmp/keep/NAME.

KEEP=/tmp/keep
# An exit costs a millisecond where Xen itself is emulated: as many times the seconds of a machine.
PATIENCE=4
# lines of the kernel's log that are older than the script, or were looked at
SEEN=$(dmesg | wc -l)

# verdict NAME WHAT [WORDS]: and whatever the kernel said of trouble meanwhile.
verdict()
{
	local trouble
	trouble=$(dmesg | tail -n +$((SEEN + 1)) |
		grep -E '\*ERROR\*|WARNING|BUG:|Oops|GPU HANG|wedged|[Tt]imed out|lockup' | head -n 3)
	SEEN=$(dmesg | wc -l)
	if [ -n "$trouble" ]; then
		echo "LAB judge $1 fail kernel: $(tr '\n' ';' <<<"$trouble" | cut -c1-300)"
	else
		echo "LAB judge $1 $2 $(tr -cd '[:print:]' <<<"${3-}" | cut -c1-160)"
	fi
}

# try NAME SECONDS COMMAND...: passes if the command exits with 0 in time.  77 means that the
# program skipped.
try()
{
	local name=$1 seconds=$2 rc=0
	shift 2
	timeout -k 5 $((seconds * PATIENCE)) "$@" >"$KEEP/$name" 2>&1 </dev/null || rc=$?
	try_end "$name" $rc
}

# try_end NAME RC
try_end()
{
	local words
	words=$(grep -v '^ *$' "$KEEP/$1" | tail -n 1)
	case $2 in
	0) verdict "$1" pass "$words" ;;
	77) verdict "$1" skip "$words" ;;
	124 | 137) verdict "$1" fail "not done in time: $words" ;;
	*) verdict "$1" fail "exit code $2: $words" ;;
	esac
}

# try_says NAME SECONDS ERE COMMAND...: passes if the command's output has the line, whatever its
# exit code: some programs have none to speak of.
try_says()
{
	local name=$1 seconds=$2 pattern=$3 line
	shift 3
	timeout -k 5 $((seconds * PATIENCE)) "$@" >"$KEEP/$name" 2>&1 </dev/null
	if line=$(grep -m 1 -aE -- "$pattern" "$KEEP/$name"); then
		verdict "$name" pass "$line"
	else
		verdict "$name" fail "does not say /$pattern/: $(tail -n 1 "$KEEP/$name")"
	fi
}

# skip_if NAME SECONDS ERE COMMAND...: skips if the output has the line, else by exit code.
skip_if()
{
	local name=$1 seconds=$2 pattern=$3 rc=0 line
	shift 3
	timeout -k 5 $((seconds * PATIENCE)) "$@" >"$KEEP/$name" 2>&1 </dev/null || rc=$?
	if line=$(grep -m 1 -aE -- "$pattern" "$KEEP/$name"); then
		verdict "$name" skip "$line"
	else
		try_end "$name" $rc
	fi
}

wedged()
{
	cat /sys/kernel/debug/dri/0/i915_wedged 2>/dev/null
}

# pause WORD: until Dom0 has written "go WORD" to the mailbox's last sector (guest_go).
pause()
{
	echo "LAB PAUSE $1"
	until dd if=/dev/xvda bs=512 skip=$((96 * 2048 - 1)) count=1 iflag=direct 2>/dev/null |
		grep -qa "^go $1 "; do
		sleep 0.3
	done
}
