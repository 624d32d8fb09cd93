# SPDX-License-Identifier: MIT
#
# Weston on the display, drawn by pixman into dumb buffers, and Weston's own test clients in it; beside it
# the same clients in a Weston without a display.  Each picture is compared with what the other
# Weston says it shows, and Dom0 compares it with what it sees.

. /tmp/judge/lib.sh

WIDTH=1024
HEIGHT=768
export XDG_RUNTIME_DIR=/tmp/run LIBSEAT_BACKEND=builtin
mkdir -p -m 700 $XDG_RUNTIME_DIR

# A desktop in which nothing moves by itself, of more than one colour.
pgmramp -ellipse 128 128 | pgmtoppm '#102030-#4080c0' | pnmtopng >/tmp/background.png
cat >/tmp/weston.ini <<END
[core]
idle-time=0
require-input=false
[shell]
panel-position=none
background-image=/tmp/background.png
background-type=tile
animation=none
close-animation=none
startup-animation=none
focus-animation=none
locking=false
[keyboard]
keymap_layout=us
END

# weston_up NAME OPTION...: a Weston whose socket is NAME.
weston_up()
{
	local name=$1 tenths=300
	shift
	weston --config=/tmp/weston.ini --socket="$name" --use-pixman --debug --log="$KEEP/$name.log" \
		"$@" >"$KEEP/$name.out" 2>&1 &
	until [ -S "$XDG_RUNTIME_DIR/$name" ]; do
		[ $((tenths--)) -gt 0 ] || return 1
		sleep 0.1
	done
	sleep 2
}

# shot NAME FILE.ppm: what this Weston says it shows.
shot()
{
	rm -f /tmp/shot/*
	mkdir -p /tmp/shot
	(cd /tmp/shot && WAYLAND_DISPLAY=$1 timeout 30 weston-screenshooter) >>"$KEEP/shots" 2>&1
	pngtopnm /tmp/shot/*.png >"$2" 2>>"$KEEP/shots"
}

# settled NAME FILE.ppm: a picture that stands still, or the last of many.
settled()
{
	local tries=20
	shot "$1" /tmp/before.ppm
	while [ $((tries--)) -gt 0 ]; do
		sleep 0.5
		shot "$1" "$2"
		cmp -s /tmp/before.ppm "$2" && return
		mv "$2" /tmp/before.ppm
	done
}

# client NAME COMMAND...: the client in both, until both stand still; compared, shown to Dom0.
# Of no use here: clients that never do (simple-damage, smoke), that draw by GL (subsurfaces), and
# that print addresses (stacking).
client()
{
	local name=$1 display pids=()
	shift
	for display in screen none; do
		WAYLAND_DISPLAY=$display "$@" >>"$KEEP/client-$name" 2>&1 &
		pids+=($!)
	done
	sleep 2
	settled screen "$KEEP/screen-$name.ppm"
	settled none /tmp/none.ppm
	if [ ! -s /tmp/none.ppm ]; then
		verdict "$name" fail "no picture"
	elif [ "$name" != desktop ] && cmp -s /tmp/none.ppm "$KEEP/screen-desktop.ppm"; then
		verdict "$name" fail "it shows nothing: $(tail -n 1 "$KEEP/client-$name")"
	elif cmp -s "$KEEP/screen-$name.ppm" /tmp/none.ppm; then
		verdict "$name" pass "$(md5sum </tmp/none.ppm | cut -c1-8)"
	else
		verdict "$name" fail "$(cmp -l "$KEEP/screen-$name.ppm" /tmp/none.ppm | wc -l) bytes differ"
		cp /tmp/none.ppm "$KEEP/none-$name.ppm"
	fi
	pause "$name"
	kill "${pids[@]}" 2>/dev/null
	wait "${pids[@]}" 2>/dev/null
}

# Older ones open the terminal themselves and ask for its name, newer ones leave that to libseat.
terminal=()
weston --help | grep -q -e '--tty' && terminal=(--tty=1)
if ! weston_up screen --backend=drm-backend.so --continue-without-input "${terminal[@]}"; then
	verdict server fail "$(tail -n 2 "$KEEP/screen.log" | tr '\n' ' ')"
	exit
fi
verdict server pass
weston_up none --backend=headless-backend.so --width=$WIDTH --height=$HEIGHT
client desktop sleep 1000
client eventdemo weston-eventdemo
client clickdot weston-clickdot
client scaler weston-scaler
client transformed weston-transformed
client resizor weston-resizor
client fullscreen weston-fullscreen
client cliptest weston-cliptest
