# SPDX-License-Identifier: MIT
# CASE: a stock guest without a vGPU boots and goes: the lab itself works
# LIST: full

start=$SECONDS
ok "xl create" guest_create plain xengt_job=plain || { diag "$(cat /var/log/xen/xl-plain.log)"; }
ok "the guest reaches user space" guest_wait plain '^LAB READY'
diag "from xl create to user space: $((SECONDS - start)) s, guest uptime $(guest_value plain uptime) s"
ok "xl destroy" guest_destroy plain
assert_clean
