# SPDX-License-Identifier: MIT
# CASE: what a flood of submissions and of page-table changes costs, in exits
# LIST: full

# Kinds of flood, as gpu-flood's arguments.
FLOODS=(nops:rcs:1000 nops:bcs:1000 sync:rcs:100 tables:100:64 spaces:20)

# exits OLD NEW [ERE]: how many more of the counters that match.
exits()
{
	awk -v e="^${3:-exits_}" 'NR == FNR { old[$1] = $2; next }
		$1 ~ e { n += $2 - old[$1] } END { print n + 0 }' "$1" "$2"
}

# most OLD NEW: the registers whose accesses exited most.
most()
{
	awk 'NR == FNR { old[$1] = $2; next }
		/^exits\./ && $2 - old[$1] > 20 { print $2 - old[$1], $1 }' "$1" "$2" |
		sort -rn | head -n 6
}

# figures FLOOD OLD NEW WORDS...: what docs/performance.md's table is made of.  Page-table writes are
# reckoned, not counted: at least one to put a page in and one to take it away.  The guest's words are
# "LAB flood VERB batches N pages N seconds S".
figures()
{
	local flood=$1 old=$2 new=$3 batches=$8 pages=${10}
	awk -v flood="${flood//:/ }" -v batches="$batches" -v pages="$pages" \
		-v submissions="$(exits "$old" "$new" 'submissions$')" \
		-v exits="$(exits "$old" "$new")" \
		-v tables="$(exits "$old" "$new" 'exits_table_write$')" \
		-v updates="$(exits "$old" "$new" 'ppgtt_updates$')" \
		'BEGIN { printf "| `%s` | %d | %d | %d | %.2f | %s | %d |\n", flood, batches, submissions,
			exits, submissions ? exits / submissions : 0,
			pages ? sprintf("%d / %d = %.5f", tables, 2 * pages, tables / (2 * pages)) : "",
			updates }'
}

guest_vgt flood memory=512 xengt_job=flood "cmdline_extra=xengt.flood=$(
	IFS=,
	echo "${FLOODS[*]}"
)" || fail_now "the guest has a console"
ok "the guest is ready" guest_paused flood start 60 || fail_now "flood"
xengtctl stats flood >"$LAB_TMP/stats-0"
guest_go flood start
diag "| flood | batches | submissions | exits | per submission | per page-table write | entries taken over |"
number=0
for flood in "${FLOODS[@]}"; do
	number=$((number + 1))
	ok "flood of ${flood//:/ }" guest_paused flood $number 300 || break
	xengtctl stats flood >"$LAB_TMP/stats-$number"
	words=$(guest_console flood | grep '^LAB flood ' | sed -n "${number}p")
	like "${flood//:/ }: all batches were run" "$words" 'batches [1-9]'
	# shellcheck disable=SC2086
	diag "$(figures "$flood" "$LAB_TMP/stats-$((number - 1))" "$LAB_TMP/stats-$number" $words)"
	diag "$(most "$LAB_TMP/stats-$((number - 1))" "$LAB_TMP/stats-$number")"
	guest_go flood $number
done
cp "$LAB_TMP"/stats-* "$LAB_KEEP/"
ok "the guest comes to its end" guest_wait flood '^LAB DONE flood' 60
driver_happy flood
ok "xl destroy" guest_destroy flood
assert_clean
