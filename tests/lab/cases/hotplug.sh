# SPDX-License-Identifier: MIT
# CASE: monitors are plugged and pulled out while the guest runs, by mode and by EDID: its driver follows
# LIST: full

. /lab/dom0/heads.sh

step=0
NO_EDID=$(md5sum </dev/null | cut -d' ' -f1)
declare -A before

# An EDID of nobody's: 1280x1024 at 60 Hz, digital, "LAB MONITOR".
edid()
{
	base64 -d <<-END
	AP///////wAwIgEAAQAAAAEeAQOAIht4Cu6Ro1RMmSYPUFQAAAABAQEBAQEBAQEBAQEBAQEBMCoAmFEAKkAwcBMA
	VA4RAAAeAAAA/ABMQUIgTU9OSVRPUgogAAAA/QAySx5QDgAKICAgICAgAAAAEAAAAAAAAAAAAAAAAAAAAA4=
	END
}

# What the driver knows of a connector: "STATUS MODE MD5-OF-EDID"; the mode is the best that has room
# in the console's framebuffer.
monitor()
{
	guest_value plugs "monitor $1"
}

# knows CONNECTOR ERE: something new, and it is this.
knows()
{
	[ "$(monitor "$1")" != "${before[$1]}" ] && [[ $(monitor "$1") =~ $2 ]] &&
		[[ ! $(monitor "$1") =~ ^connected.*$NO_EDID ]]
}

# follows WHAT CONNECTOR ERE: nobody asks the driver to look, and it comes to know.
follows()
{
	ok "$1: the driver comes to know" wait_for 30 knows "$2" "$3" || fail_now "it follows"
	guest_go plugs "step$step"
	ok "$1: the heads are set" guest_paused plugs "shown$step" 60
}

# next: the guest waits for the next change.
next()
{
	[ $step = 0 ] || guest_go plugs "shown$step"
	step=$((step + 1))
	before=([HDMI-A-1]=$(monitor HDMI-A-1) [HDMI-A-2]=$(monitor HDMI-A-2))
	ok "the guest waits for change $step" guest_paused plugs step$step 60 || fail_now "it goes on"
}

guest_vgt plugs memory=448 xengt_job=hotplug cmdline_extra=xengt.steps=5 vgt_heads=2 \
	vgt_monitor=hdmi vgt_mode=1024x768 || fail_now "the guest has a console"
next

xengtctl monitor plugs unplug 1
follows "head 1 is pulled out" HDMI-A-2 ^disconnected
heads_are plugs 1

next
ok "plug 1 1280x720" xengtctl monitor plugs plug 1 1280x720
follows "head 1 gets another monitor" HDMI-A-2 '^connected .*[0-9a-f]{32}'
heads_are plugs 2
like "head 1 has the mode of its monitor" "$(heads_shown plugs)" '^1 1280 720 '

next
ok "unplug 0" xengtctl monitor plugs unplug 0
follows "head 0 is pulled out" HDMI-A-1 ^disconnected
heads_are plugs 1
ok "no picture of a head without a monitor" \
	bash -c '! xengt-screenshot plugs --head 0 -o /dev/null --format ppm'

next
edid >"$LAB_TMP/edid"
ok "plug 0 by an EDID" xengtctl monitor plugs plug 0 "$LAB_TMP/edid"
follows "head 0 gets a monitor of that EDID" \
	HDMI-A-1 "^connected .*$(md5sum <"$LAB_TMP/edid" | cut -d' ' -f1)"
heads_are plugs 2
like "head 0 has the mode of its monitor" "$(heads_shown plugs)" '^0 1280 1024 '

next
ok "plug 0 in place of what is there" xengtctl monitor plugs plug 0 800x600
follows "head 0 has another" HDMI-A-1 '^connected 800x600'
heads_are plugs 2
is "xengtctl says the same" \
	"$(xengtctl monitor plugs | awk '{ printf "%s %s %s,", $1, $3, $4 }' | sed 's/@[0-9]*//g')" \
	"0 plugged 800x600,1 plugged 1280x720,"
guest_go plugs "shown$step"
ok "the guest comes to its end" guest_wait plugs '^LAB DONE hotplug' 60
driver_happy plugs
ok "xl destroy" guest_destroy plugs
assert_clean
