# SPDX-License-Identifier: MIT
# CASE: a guest of no operating system checks the device register by register, and shows pictures

TESTS=/usr/libexec/xengt/tests
if [ ! -e $TESTS/testdom.bin ]; then
	skip "the test domain" "not installed by this build"
	return
fi
serial=$(guest_serial testdom)

# show NAME: the picture the domain announces looks as computed; then lets the domain go on.
show()
{
	local number tty
	if ! wait_for 240 shown_or_gone "$1" || ! grep -qa "^PICTURE $1 " "$serial"; then
		fail "the domain shows the $1 picture"
		return
	fi
	number=$(guest_console testdom | sed -n "s/^PICTURE $1 //p")
	$TESTS/expected-picture "$number" >"$LAB_TMP/expected-$1.ppm"
	ok "a screenshot of the $1 picture" \
		xengt-screenshot testdom -o "$LAB_TMP/$1.ppm" &&
		same_picture "the $1 picture is what was drawn" \
			"$LAB_TMP/$1.ppm" "$LAB_TMP/expected-$1.ppm"
	tty=$(xenstore-read "/local/domain/$(guest_id testdom)/console/tty")
	printf g >"$tty"
}

shown_or_gone()
{
	grep -qaE "^PICTURE $1 |^TESTDOM DONE|^Bail out" "$serial"
}

start=$SECONDS
rm -f "$serial"
# guests have a processor of their own in the lab: see its machine
sed -e 's/wait=[0-9]*/wait=60/' -e '$acpus = "1"' $TESTS/testdom.cfg >"$LAB_TMP/testdom.cfg"
ok "xl create" timeout 120 xl -v create "$LAB_TMP/testdom.cfg"
show linear
show xtiled
show ytiled
ok "the test domain comes to its end" wait_line "$serial" '^TESTDOM DONE|^Bail out' 240
diag "$((SECONDS - start)) s"
# by way of a file: Dom0 has no /dev/fd for <( ), and a relay of nothing would look like success
guest_console testdom >"$LAB_TMP/testdom.tap"
before=$LAB_COUNT
relay "$LAB_TMP/testdom.tap"
is "every check the test domain planned is reported here" "$((LAB_COUNT - before))" \
	"$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$LAB_TMP/testdom.tap")"
like "the test domain says that none of its checks failed" \
	"$(grep -a '^TESTDOM DONE' "$LAB_TMP/testdom.tap")" '^TESTDOM DONE [0-9]+ checks, 0 failed$'
ok "it has reported on its paravirtual console as well" \
	grep -qa '^TESTDOM DONE' /var/log/xen/console/guest-testdom.log
ok "it powers off by itself" wait_for 30 eval '! guest_id testdom'
guest_id testdom >/dev/null && guest_destroy testdom
assert_clean
