# SPDX-License-Identifier: MIT
# CASE: tools/demo: one guest, one picture

guest_vgt demo xengt_job=idle || fail_now "the demo guest has a console"
diag "driver and console up in $(guest_value demo probe) s"
ok "xengt-screenshot demo -o demo.png" xengt-screenshot demo -o "$LAB_KEEP/demo.png"
ok "xl destroy demo" guest_destroy demo
