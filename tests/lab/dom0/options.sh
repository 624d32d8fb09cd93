# SPDX-License-Identifier: MIT
#
# Wrong configurations, for the cases that try some or all of them.

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
