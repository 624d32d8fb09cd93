# SPDX-License-Identifier: MIT
# CASE: all of i915's own tests, mock and live, against their list
# LIST: full
# SECONDS: 3000
# NEEDS: selftest

. /lab/dom0/selftests.sh

# Tests of mappings want an aperture that they fit in.  The others do without, for the console that
# comes up between them would lie in it, and each letter it draws would exit.
mapping=(mman vma gtt)
selftests most "vgt_low_gm_sz=2" all "${mapping[@]/#/-}"
selftests mapping "vgt_low_gm_sz=64" "${mapping[@]}"
