# SPDX-License-Identifier: MIT
# CASE: a desktop is seen and used through VNC by a client that others wrote, beside ones that misbehave
# NEEDS: judge
# LIST: full

VNC=/usr/lib/xengt-lab/vnc-judge
SOCKET=$LAB_TMP/vnc.sock
TITLE=c00060
# xterm's colours 0 to 7
COLOURS=(000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5)
server=

shot()
{
	xengt-screenshot desktop --no-cursor -o "$LAB_TMP/shot.ppm"
}

# place COLOUR: "X Y WIDTH HEIGHT PIXELS" of what has that colour on the captured screen.
place()
{
	shot && "$VNC" box "$LAB_TMP/shot.ppm" "$1"
}

# fills COLOUR: whether the terminal is of that colour.
fills()
{
	local at
	at=$(place "$1") && [ "${at##* }" -gt 50000 ]
}

# title_at X Y: whether the title bar is there, give or take the pixel that a tablet's steps cost.
title_at()
{
	local at x y
	at=$(place $TITLE) || return 1
	read -r x y _ <<<"$at"
	[ $((x - $1)) -ge -2 ] && [ $((x - $1)) -le 2 ] && [ $((y - $2)) -ge -2 ] && [ $((y - $2)) -le 2 ]
}

# square: where the one that blinks is.
square()
{
	local colour
	shot || return 1
	for colour in "${COLOURS[@]:1:6}"; do
		"$VNC" box "$LAB_TMP/shot.ppm" "$colour" && return
	done
}

# says LINE: whether the guest's shell has obeyed.
says()
{
	guest_wait desktop "^LAB typed $1" 60
}

# point X Y: the client's pointer, in the guest's pixels.  (Without a window manager TigerVNC sends
# none before the first click into its window.)
point()
{
	xdotool mousemove $((X + $1)) $((Y + $2))
	sleep 0.5
}

# order WORDS: typed into the terminal, by the client's keyboard.
order()
{
	xdotool type --delay 100 "$1"
	xdotool key Return
}

client_up()
{
	local window
	window=$(xdotool search --name TigerVNC | tail -n 1)
	[ -n "$window" ] && eval "$(xdotool getwindowgeometry --shell "$window")" &&
		[ "$WIDTH" = 1024 ] && xdotool windowfocus "$window"
}

# cpu_ms PID: that a process has had.
cpu_ms()
{
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print ($12 + $13) * 10 }'
}

rss_kB()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"
}

# load NAME SECONDS: what server and worker cost while one client looks.
load()
{
	local vnc worker
	vnc=$(cpu_ms "$server")
	worker=$(cpu_ms "$(pgrep -x xengt-worker)")
	sleep "$2"
	diag "$1: xengt-vnc $((($(cpu_ms "$server") - vnc) / $2)) ms/s, worker $((($(cpu_ms \
		"$(pgrep -x xengt-worker)") - worker) / $2)) ms/s"
}

guest_vgt desktop memory=768 usb=1 usbdevice=tablet xengt_job=input,judge \
	xengt_judge=desktop.sh || fail_now "the guest has a console"
xengt-vnc desktop --unix "$SOCKET" >"$LAB_KEEP/vnc.log" 2>&1 &
server=$!
guest_wait desktop '^LAB typed ready' 300 || fail_now "the guest has a desktop with a terminal"
before=$(cpu_ms "$server")
ok "the terminal is on the screen" wait_for 60 place 102030
read -r left top _ <<<"$(place $TITLE)"

export DISPLAY=:9
Xvfb $DISPLAY -screen 0 1280x900x24 -nolisten tcp >"$LAB_KEEP/xvfb.log" 2>&1 &
screen=$!
wait_for 60 xdotool getmouselocation
is "without a client the server does nothing" "$(cpu_ms "$server")" "$before"
xtigervncviewer -geometry 1024x768+0+0 -RemoteResize=0 -AcceptClipboard=0 -SendClipboard=0 \
	-SetPrimary=0 "$SOCKET" >"$LAB_KEEP/viewer.log" 2>&1 &
viewer=$!
ok "TigerVNC shows the guest" wait_for 60 client_up || fail_now "there is a client"
client_up
sleep 2

point 200 300
xdotool click 1
order 'paint 2'
ok "a line that is typed there is obeyed" says 'paint 2'
ok "and seen on the captured screen" wait_for 30 fills "${COLOURS[2]}"
point $((left + 200)) $((top + 8))
xdotool mousedown 1
point $((left + 250)) $((top + 40))
point $((left + 420)) $((top + 128))
xdotool mouseup 1
ok "a window that is pulled by its title bar is where it was put" \
	wait_for 30 title_at $((left + 220)) $((top + 120))
diag "title bar: $left $top, then $(place $TITLE)"
ffmpeg -v error -y -i "$LAB_TMP/shot.ppm" "$LAB_KEEP/desktop.png"
ffmpeg -v error -y -f x11grab -video_size 1280x900 -i $DISPLAY -frames:v 1 "$LAB_KEEP/client.png"

point $((left + 300)) $((top + 250))
load "a still screen" 10
order blink
ok "the square blinks" says blink
load "a square that blinks" 10
kill $viewer
read -r x y _ <<<"$(square)"
diag "pixel to client: $(timeout 60 "$VNC" pixels "$SOCKET" desktop $((x + 8)) $((y + 6)) 100 2>&1)"
"$VNC" crowd "$SOCKET" 20 >/dev/null
sleep 3
before=$(rss_kB)
ok "ten clients see it beside slow ones, ones that vanish, ones that send garbage" \
	eval "$VNC crowd $SOCKET 40 >$LAB_TMP/crowd"
diag "$(cat "$LAB_TMP/crowd")"
sleep 15 # the gate waits 10 s for what a vanished client's server still has to say
after=$(rss_kB)
diag "resident before $before, after $after kB"
ok "the server has not grown" test "$after" -le $((before + 4096))
ok "it is the same server" kill -0 "$server"
ok "the guest is well" shot

kill "$screen"
guest_go desktop end
guest_judged desktop 120
driver_happy desktop
ok "xl destroy" guest_destroy desktop
ok "the server ends with its guest" wait_for 40 eval "! kill -0 $server 2>/dev/null"
is "its socket is gone" "$(ls "$SOCKET" 2>/dev/null)" ""
assert_clean
