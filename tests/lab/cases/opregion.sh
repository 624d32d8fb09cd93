# SPDX-License-Identifier: MIT
# CASE: the driver takes its table of heads from the OpRegion, also beside a VGA; it costs the guest no memory
# LIST: full

# finds NAME CONNECTORS KEY=VALUE...
finds()
{
	local name=$1 connectors=$2
	shift 2
	guest_vgt "$name" xengt_job=opregion "$@" || return 1
	ok "$name: it looks for the OpRegion" guest_wait "$name" '^LAB DONE opregion' 60
	is "$name: the OpRegion is one" "$(guest_value "$name" opregion)" "IntelGraphicsMem 8192"
	is "$name: there is a table" "$(guest_value "$name" vbt)" '$VBT'
	is "$name: connectors are those of its heads" "$(guest_value "$name" connectors)" "$connectors"
	is "$name: it lies where no memory is" "$(guest_value "$name" place)" Reserved
	driver_happy "$name"
	diag "$(guest_value "$name" memory)"
	ok "$name: xl destroy" guest_destroy "$name"
}

ok "plain: xl create" guest_create plain xengt_job=plain,opregion
ok "plain: a guest without a vGPU" guest_wait plain '^LAB DONE opregion'
memory=$(guest_value plain memory)
ok "plain: xl destroy" guest_destroy plain

finds one 'HDMI-A-1 '
is "one: it has the memory of a guest without a vGPU" "$(guest_value one memory)" "$memory"
finds three 'DP-1 DP-2 HDMI-A-1 ' vgt_heads=3 vgt_monitor=dp,hdmi,dp
finds beside 'DP-1 HDMI-A-1 ' vga=stdvga vgt_primary=1 vgt_heads=2 vgt_monitor=hdmi,dp
finds primary 'HDMI-A-1 ' vgt_primary=1
assert_clean
