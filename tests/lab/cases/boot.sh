# SPDX-License-Identifier: MIT
# CASE: Xen and Dom0 come up, and Xen offers HVM with nested paging

like "xl list shows Domain-0" "$(xl list)" '^Domain-0 +0 '
info=$(xl info)
like "Xen can run HVM guests" "$info" '^virt_caps .*\bhvm\b'
like "Xen has hardware assisted paging" "$info" '^virt_caps .*\bhap\b'
diag "Xen $(xl info xen_version), $(sed -n 's/^free_memory *: *//p' <<<"$info") MB free"
assert_clean "no domain but Dom0"
