# SPDX-License-Identifier: MIT
# CASE: Broadwell: console, default contexts in time, debugfs
# LIST: once

. /lab/dom0/platform.sh
guest=broadwell
guest_vgt $guest vgt_gen=broadwell xengt_job=debugfs,fbdump || fail_now "the guest has a console"
platform_is broadwell
ok "$guest: xl destroy" guest_destroy $guest
assert_clean
