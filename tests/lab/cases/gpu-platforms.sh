# SPDX-License-Identifier: MIT
# CASE: a program's batches, blits and hangs on Kaby Lake and on Broadwell
# LIST: full

. /lab/dom0/gpu.sh
gpu_judged kabylake gpu vgt_gen=kabylake
sed 's/^\(contexts-[bv][a-z]*\)\tpass/\1\tskip\tgen8 keeps no general purpose registers in its contexts/' \
	/lab/expect/gpu >"$LAB_TMP/expect-broadwell"
gpu_judged broadwell "$LAB_TMP/expect-broadwell" vgt_gen=broadwell
assert_clean
