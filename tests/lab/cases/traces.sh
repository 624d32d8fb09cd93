# SPDX-License-Identifier: MIT
# CASE: vgt_record writes traces that can be replayed: one of each GPU generation
# LIST: full

for gen in skylake kabylake broadwell; do
	trace=$LAB_KEEP/$gen.trace
	guest_vgt $gen vgt_gen=$gen vgt_record="$trace" || continue
	driver_happy $gen
	ok "$gen: xl destroy" guest_destroy $gen
	like "$gen: the trace begins as one" "$(head -n 1 "$trace")" '^xengt-trace 1$'
	like "$gen: it has its end" "$(tail -n 1 "$trace")" '^\. end$'
	ok "$gen: it has what the engines wrote" grep -q '^p ' "$trace"
	diag "$(wc -c <"$trace") bytes, $(grep -c '^[rw] ' "$trace") register accesses"
done
assert_clean
