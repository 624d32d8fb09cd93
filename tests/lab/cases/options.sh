# SPDX-License-Identifier: MIT
# CASE: a wrong configuration is refused by xl create, with the reason, and leaves nothing
# LIST: once

# refused WORD KEY=VALUE...: xl create fails, says WORD itself and in the log, nothing remains.
refused()
{
	local word=$1 text
	shift
	if guest_create wrong "${GUEST_VGT[@]}" xengt_job=plain "$@"; then
		fail "$*: refused"
		guest_destroy wrong
		return
	fi
	pass "$*: refused"
	like "$*: xl says why" "$(cat /var/log/xen/xl-wrong.log)" "xengt.*$word"
	like "$*: the log says why" "$(dm_log wrong)" "$word"
	text=$(grep -ahm 1 "xengt.*$word" /var/log/xen/xl-wrong.log)
	diag "${text:-nothing said}"
	assert_clean "$*: nothing is left" || { xl destroy wrong; rm -f /run/xengt/*.sock; }
	rm -f /var/log/xen/*wrong*
}

refused '\bvgt=2' vgt=2
refused vgt_low_gm_sz vgt_low_gm_sz=abc
refused vgt_low_gm_sz vgt_low_gm_sz=1000000
refused vgt_low_gm_sz 'vgt_low_gm_sz=[ "2", "4" ]'
refused vgt_high_gm_sz vgt_high_gm_sz=-1
refused vgt_fence_sz vgt_fence_sz=99
refused vgt_cap vgt_cap=101
refused vgt_primary vgt_primary=7
refused vgt_monitor_config_file vgt_monitor_config_file=/nonexistent
refused vgt_monitor_config_file vgt_monitor_config_file=/etc/passwd
refused vgt_record vgt_record=some.trace
refused vgt_record vgt_record=/etc/passwd
refused vgt_foo vgt_foo=1
refused 'vgt_qemu|QEMU' vgt_qemu=/nonexistent
refused 'maxmem|populat' maxmem=512
if xl info | grep -qE '^virt_caps.*\bshadow\b'; then
	refused hap hap=0
else
	# Debian's Xen 4.20 is built without shadow paging: there is no domain that we could refuse.
	ok "hap=0: Xen, which has no shadow paging, refuses" \
		eval '! guest_create wrong "${GUEST_VGT[@]}" xengt_job=plain hap=0'
	assert_clean "hap=0: nothing is left"
fi

# A file that is no configuration is refused by xl itself, before there is a domain.
printf 'type = "hvm"\nvgt = 1\n{{{ garbage\n' >"$LAB_TMP/garbage.cfg"
ok "garbage: refused" eval "! xl create '$LAB_TMP/garbage.cfg'"
assert_clean "garbage: nothing is left"

# And the same guest with nothing wrong, to know that it was the option.
ok "nothing wrong: accepted" guest_create right "${GUEST_VGT[@]}" xengt_job=plain
ok "xl destroy" guest_destroy right
assert_clean
