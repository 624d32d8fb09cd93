# SPDX-License-Identifier: MIT
# CASE: Kaby Lake's console and debugfs; clients that misbehave are turned away, a picture is another driver's dma-buf, and nobody there costs nothing
# LIST: once

. /lab/dom0/platform.sh
JUDGE=/usr/lib/xengt-lab/client-judge
worker=

# stat NAME: a counter.
stat()
{
	xengtctl stats clients | sed -n "s/^$1 //p"
}

# Times the worker slept until something happened.
wakeups()
{
	sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$worker/status"
}

nr_fds()
{
	ls "/proc/$worker/fd" | wc -l
}

# quiet_for SECONDS: whether the worker sleeps all the time.
quiet_for()
{
	local before
	before=$(wakeups)
	sleep "$1"
	[ "$(wakeups)" = "$before" ]
}

guest=clients
guest_vgt clients vgt_gen=kabylake xengt_job=debugfs,fbdump \
	cmdline_extra=vt.global_cursor_default=0 || fail_now "the guest has a console"
platform_is kabylake
ok "the guest ends its jobs" guest_wait clients '^LAB IDLE'
worker=$(pgrep -x xengt-worker)
socket=/run/xengt/$(guest_id clients).sock
ok "a picture" xengt-screenshot clients -o "$LAB_TMP/before.ppm"
fds=$(nr_fds)

said=$(xengt-screenshot clients --plane 0 --native -o "$LAB_TMP/plane.raw" 2>&1)
is "the plane's memory, tiles and all: the status" $? 0
like "what it is" "$said" '^xengt-screenshot: clients: note: [0-9]+x[0-9]+ XR24, modifier 0x0[01]0{13}[0-3], '
read -r rows modifier stride <<<"$(sed 's/.* [0-9]*x\([0-9]*\) XR24, modifier 0x\([0-9]*\), rows of \([0-9]*\) .*/\1 \2 \3/' <<<"$said")"
[ "$modifier" -eq 0 ] || rows=$(((rows + 7) / 8 * 8)) # fbcon's is linear, or tiled by X
is "its length is that of its rows" "$(wc -c <"$LAB_TMP/plane.raw")" $(((rows * stride + 4095) / 4096 * 4096))

ulimit -n 4096
ok "a thousand connections are served or refused" "$JUDGE" crowd "$socket" 1000
ok "two thousand packets of garbage" "$JUDGE" garbage "$socket" 2000
ok "a client that does not read is closed" "$JUDGE" mute "$socket"
ok "the worker is the same process" kill -0 "$worker"
ok "it serves" xengt-screenshot clients -o "$LAB_TMP/after.ppm"
same_picture "the guest shows what it showed" "$LAB_TMP/after.ppm" "$LAB_TMP/before.ppm"
is "no descriptor is left in the worker" "$(nr_fds)" "$fds"
diag "garbage $(stat client_garbage), refused $(stat clients_refused)"

if modprobe vgem 2>/dev/null && [ -e /dev/udmabuf ]; then
	card=$(grep -l vgem /sys/class/drm/card*/device/uevent /sys/class/drm/card*/device/driver/uevent \
		2>/dev/null | sed 's|.*/\(card[0-9]*\)/.*|/dev/dri/\1|' | head -n 1)
	diag "$(ls /dev/dri 2>&1) ${card:=/dev/dri/card0}"
	ok "another driver reads the picture from a dma-buf" "$JUDGE" dmabuf clients "$card"
else
	skip "another driver reads the picture from a dma-buf" "Dom0's kernel has no vgem or udmabuf"
fi

ok "the worker comes to rest when all are gone" wait_for 60 quiet_for 3
ok "it sleeps for 15 seconds on end" quiet_for 15
is "no page of the guest is kept mapped for pictures" "$(stat frames_cached_now)" 0
is "this is the only client" "$(stat clients_now)" 1
ok "xl destroy" guest_destroy clients
assert_clean
