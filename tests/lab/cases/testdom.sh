# SPDX-License-Identifier: MIT
# CASE: a guest of no operating system checks the device register by register

image=
for file in /usr/libexec/xengt/tests/testdom.{elf,bin}; do
	[ ! -e "$file" ] || image=$file
done
if [ -z "$image" ]; then
	skip "the test domain" "not installed by this build"
	return
fi

# relay: the domain's TAP as checks of this case.
relay()
{
	local line
	while IFS= read -r line; do
		case $line in
		'not ok '*) fail "$(sed 's/^not ok [0-9]* *-* *//' <<<"$line")" ;;
		'ok '*) pass "$(sed 's/^ok [0-9]* *-* *//' <<<"$line")" ;;
		'#'*) diag "${line#\# }" ;;
		esac
	done < <(guest_console testdom)
}

start=$SECONDS
ok "xl create" guest_create testdom "${GUEST_VGT[@]}" memory=64 kernel="$image" ||
	diag "$(tail -n 20 /var/log/xen/xl-testdom.log)"
wait_line "$(guest_serial testdom)" '^1\.\.[0-9]+|^Bail out' 240
diag "$((SECONDS - start)) s"
relay
nr_checks=$(guest_console testdom | grep -acE '^(not )?ok ')
is "the test domain made the checks it planned" "$nr_checks" \
	"$(guest_console testdom | sed -n 's/^1\.\.\([0-9]*\).*/\1/p')"
guest_id testdom >/dev/null && guest_destroy testdom
assert_clean
