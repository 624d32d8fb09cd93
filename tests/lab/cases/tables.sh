# SPDX-License-Identifier: MIT
# CASE: page tables in use are watched, and rewritten by each kind of instruction

TESTS=/usr/libexec/xengt/tests
if [ ! -e $TESTS/testdom.bin ]; then
	skip "the test domain" "not installed by this build"
	return
fi
serial=$(guest_serial testdom)

rm -f "$serial"
sed -e 's/wait=[0-9]*/tables wait=120/' -e '$acpus = "1"' $TESTS/testdom.cfg \
	>"$LAB_TMP/testdom.cfg"
ok "xl create" timeout 120 xl -v create "$LAB_TMP/testdom.cfg"
ok "the domain has done its checks" wait_line "$serial" '^TABLES CHECKED|^TESTDOM DONE|^Bail out' 240
xengtctl stats testdom >"$LAB_TMP/tables.stats"
counter()
{
	sed -n "s/^$1 //p" "$LAB_TMP/tables.stats"
}
at_least()
{
	if [ "${2:-0}" -ge "$3" ]; then
		pass "$1"
	else
		fail "$1"
		diag "$2, not $3 or more"
	fi
}
for name in submissions ppgtt_lookups ppgtt_tables ppgtt_compared ppgtt_updates ppgtt_tracked \
	ppgtt_untracked ppgtt_track_refused ppgtt_tracked_now exits_table_write; do
	diag "$name $(counter $name)"
done
at_least "page tables were put under write tracking" "$(counter ppgtt_tracked)" 8
at_least "writes of them arrive, and end it" "$(counter ppgtt_untracked)" 4
is "the host refused no change of a page's type" "$(counter ppgtt_track_refused)" 0
printf g >"$(xenstore-read "/local/domain/$(guest_id testdom)/console/tty")"
ok "the test domain comes to its end" wait_line "$serial" '^TESTDOM DONE|^Bail out' 120
guest_console testdom >"$LAB_TMP/testdom.tap"
relay "$LAB_TMP/testdom.tap"
like "the test domain says that none of its checks failed" \
	"$(grep -a '^TESTDOM DONE' "$LAB_TMP/testdom.tap")" '^TESTDOM DONE [0-9]+ checks, 0 failed$'
ok "it powers off by itself" wait_for 30 eval '! guest_id testdom'
guest_id testdom >/dev/null && guest_destroy testdom
assert_clean
