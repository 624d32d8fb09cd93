# SPDX-License-Identifier: MIT
#
# Jobs of a guest with the kernel that carries i915's own tests (lib/kernel.sh).  Each verdict is a
# line "LAB judge GROUP/TEST pass", "... fail ERROR" or "... skip"; a group as a whole is GROUP.

# gt_timelines makes 40 thousand requests
SELFTEST_SECONDS=900

# The kernel's log from the loading of the driver on becomes verdicts: a test that was run and is
# not said to have failed passed, as i915 counts; what it skips by itself it says in words.
selftest_verdicts()
{
	awk -v group="$1" '
		/i915: Running [A-Za-z0-9_]*\/[A-Za-z0-9_]*/ {
			sub(/.*i915: Running [A-Za-z0-9_]*\//, "")
			name[++nr] = $1
		}
		/i915\/[A-Za-z0-9_]*: [A-Za-z0-9_]* failed with error -?[0-9]*/ {
			test = $0
			sub(/.*i915\/[A-Za-z0-9_]*: /, "", test)
			split(test, word, " ")
			failed[word[1]] = word[5]
		}
		END {
			for (i = 1; i <= nr; i++) {
				verdict = name[i] in failed ? "fail " failed[name[i]] : "pass"
				print "LAB judge " group "/" name[i], verdict
			}
		}' /tmp/selftest
}

# selftest_wait PID: its result; 124 if it takes longer than a group of tests may, which ends the
# whole job: a module that does not come back cannot be taken out.
selftest_wait()
{
	tenths=$((SELFTEST_SECONDS * 10))
	while [ -d /proc/$1 ] && ! grep -q '^State:.*Z' /proc/$1/status 2>/dev/null; do
		[ $tenths -gt 0 ] || return 124
		tenths=$((tenths - 1))
		usleep 100000
	done
	wait $1
}

# selftest_group GROUP WORDS...: insmod runs the tests; a good run of live tests ends the probe with
# error -25, which is how i915 keeps a device its tests have used from being used any further.
# xengt.without has the tests to leave out, GROUP/TEST with commas between.
selftest_group()
{
	group=$1
	shift
	filter=
	for test in $(word without | tr , ' '); do
		[ "${test%%/*}" = "$group" ] || continue
		filter=$filter,!${test#*/}
		say "judge $test skip"
	done
	[ -z "$filter" ] || set -- "$@" "st_filter=${filter#,}"
	dmesg -c >/dev/null
	say "selftest-begin $group $(uptime)"
	insmod /modules/i915.ko st_timeout=50 "$@" &
	selftest_wait $!
	rc=$?
	dmesg >/tmp/selftest
	cat /tmp/selftest >>/tmp/selftests
	selftest_verdicts "$group"
	rmmod i915 2>/dev/null
	case $group in
	mock) [ $rc -eq 0 ] && verdict=pass || verdict="fail $rc" ;;
	*) grep -q 'probe of .* failed with error -25$' /tmp/selftest && verdict=pass || verdict=fail ;;
	esac
	grep -v Running /tmp/selftest | grep -qE 'GPU hang not recovered|wedged|BUG|Oops|WARNING:' &&
		verdict="fail trouble"
	[ $rc -ne 124 ] || verdict="fail endless"
	say "judge $group $verdict"
	[ "$verdict" = pass ] || grep -vE 'balloon|Running|graphic memory' /tmp/selftest | tail -n 12 |
		sed 's/^/LAB selftest-log /'
}

# xengt.selftests: names of groups with commas between, or all; -NAME takes one out again.
job_selftests()
{
	while read -r module; do
		[ "$module" = i915.ko ] || insmod "/modules/$module" 2>/dev/null
	done </modules/i915.order
	dmesg -n 1
	words=" $(word selftests | tr , ' ') "
	groups=$words
	case $words in
	*" all "*) groups="mock $(sed 's/.*__live_//' /selftests | tr '\n' ' ')" ;;
	esac
	: >/tmp/selftests
	for group in $groups; do
		case "$words" in
		*" -$group "*) continue ;;
		esac
		case $group in
		mock) selftest_group mock mock_selftests=-1 ;;
		*) selftest_group "$group" live_selftests=-1 "$(grep "__live_$group\$" /selftests)=1" ;;
		esac
		[ $rc -ne 124 ] || break
	done
	dd if=/tmp/selftests of=/dev/xvda bs=1M seek=64 conv=fsync,notrunc 2>/dev/null
	say "selftests-bytes $(wc -c </tmp/selftests)"
	say "DONE selftests"
}
