# SPDX-License-Identifier: MIT
# CASE: two and three heads, HDMI and DisplayPort, another picture in another mode on each
# LIST: full

. /lab/dom0/heads.sh

# all NAME COUNT KEY=VALUE...
all()
{
	local name=$1 count=$2
	shift 2
	guest_vgt "$name" memory=448 xengt_job=heads "vgt_heads=$count" "$@" || return 1
	ok "$name: all heads are set" guest_paused "$name" heads 120
	heads_are "$name" "$count"
	guest_go "$name" heads
	ok "$name: the program comes to its end" guest_wait "$name" '^LAB DONE heads' 60
	driver_happy "$name"
	ok "$name: xl destroy" guest_destroy "$name"
}

all two 2 vgt_monitor=hdmi,dp vgt_mode=1024x768,1280x720
all three 3 vgt_monitor=hdmi,dp,hdmi vgt_mode=800x600,1280x1024,1024x768
all broadwell 3 vgt_gen=broadwell vgt_monitor=dp,hdmi,dp vgt_mode=1024x768,800x600,1280x800
assert_clean
