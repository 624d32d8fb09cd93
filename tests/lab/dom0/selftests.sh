# SPDX-License-Identifier: MIT
#
# i915's own tests in a guest, against the list in expect/selftests: for the cases that run some or
# all of them.

SELFTESTS_LIST=/lab/expect/selftests

# Tests the list leaves out, with commas between.
selftests_left_out()
{
	awk -F'\t' '$2 == "skip" { printf "%s%s", n++ ? "," : "", $1 }' "$SELFTESTS_LIST"
}

# The list's lines of these groups: what a run of them must say, no less and no more.  After "all",
# -GROUP takes one out.
selftests_expected()
{
	if [ "$1" = all ]; then
		shift
		grep -vE "^(#|\$$(printf '|%s(/|\t)' "${@#-}"))" "$SELFTESTS_LIST"
	else
		for group in "$@"; do
			grep -E "^$group(/|	)" "$SELFTESTS_LIST"
		done
	fi
}

# Verdicts in the form of the list, with the list's reasons.
selftests_list()
{
	awk -F'\t' 'NR == FNR { why[$1] = $3; next }
		{ split($0, w, " "); print w[1] "\t" w[2] (why[w[1]] == "" ? "" : "\t" why[w[1]]) }' \
		"$SELFTESTS_LIST" -
}

# selftests NAME KEY=VALUE GROUP...: creates a guest that runs these groups, and judges it.
selftests()
{
	local name=$1 key=$2
	shift 2
	selftests_expected "$@" >"$LAB_TMP/expected"
	guest_create "$name" "${GUEST_VGT[@]}" "$key" memory=1024 xengt_kernel=selftest \
		xengt_job=plain,selftests cmdline_extra="xengt.selftests=$(tr ' ' , <<<"$*") \
xengt.without=$(selftests_left_out) log_buf_len=4M" ||
		fail_now "xl create" "$(cat "/var/log/xen/xl-$name.log")"
	ok "the tests come to their end" guest_wait "$name" '^LAB DONE selftests' \
		$((${LAB_CASE_DEADLINE:-1200} - 60))
	guest_console "$name" | grep -a '^LAB selftest-' >"$LAB_KEEP/$name.log"
	guest_console "$name" | sed -n 's/^LAB judge //p' | selftests_list >"$LAB_KEEP/$name.list"
	dd if="$LAB_TMP/$name.img" bs=1M skip=$GUEST_MAILBOX_MB 2>/dev/null |
		head -c "$(guest_value "$name" selftests-bytes)" >"$LAB_KEEP/$name.dmesg"
	verdicts "$name" "$LAB_TMP/expected"
	diag "$(xengtctl stats "$name" | grep -E '^(submissions|contexts_done|commands|bad_command|exits)')"
	ok "xl destroy" guest_destroy "$name"
	assert_clean
}
