# SPDX-License-Identifier: MIT
# CASE: a program's batches, blits and hangs on Kaby Lake and on Broadwell
# LIST: full

. /lab/dom0/gpu.sh
gpu_judged kabylake gpu vgt_gen=kabylake
sed -e 's/^\(contexts-[bv][a-z]*\)\tpass/\1\tskip\tgen8 keeps no general purpose registers in its contexts/' \
	-e 's/^\(blit-fast-copy[-xy]*\)\tpass/\1\tskip\tgen8 has no XY_FAST_COPY_BLT/' \
	/lab/expect/gpu >"$LAB_TMP/expect-broadwell"
gpu_judged broadwell "$LAB_TMP/expect-broadwell" vgt_gen=broadwell
assert_clean
