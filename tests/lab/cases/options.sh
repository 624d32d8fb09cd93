# SPDX-License-Identifier: MIT
# CASE: a wrong configuration is refused by xl create, with the reason, and leaves nothing
# LIST: once

. /lab/dom0/options.sh

refused '\bvgt=2' vgt=2
refused vgt_low_gm_sz vgt_low_gm_sz=abc
refused vgt_monitor_config_file vgt_monitor_config_file=/nonexistent
refused vgt_foo vgt_foo=1
refused 'maxmem|populat' maxmem=512
if xl info | grep -qE '^virt_caps.*\bshadow\b'; then
	refused hap hap=0
else
	# Debian's Xen 4.20 is built without shadow paging: there is no domain that we could refuse.
	ok "hap=0: Xen, which has no shadow paging, refuses" \
		eval '! guest_create wrong "${GUEST_VGT[@]}" xengt_job=plain hap=0'
	assert_clean "hap=0: nothing is left"
fi

# A file that is no configuration is refused by xl itself, before there is a domain.
printf 'type = "hvm"\nvgt = 1\n{{{ garbage\n' >"$LAB_TMP/garbage.cfg"
ok "garbage: refused" eval "! xl create '$LAB_TMP/garbage.cfg'"
assert_clean "garbage: nothing is left"

# And the same guest with nothing wrong, to know that it was the option.
ok "nothing wrong: accepted" guest_create right "${GUEST_VGT[@]}" xengt_job=plain
ok "xl destroy" guest_destroy right
assert_clean
