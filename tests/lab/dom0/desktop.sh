# SPDX-License-Identifier: MIT
#
# A guest's desktop (guest/judge/desktop.sh), and a client of its picture on an X server in Dom0
# that nobody sees, used as somebody at that server would use it.

JUDGE=/usr/lib/xengt-lab/vnc-judge
TITLE=c00060
# xterm's colours 0 to 7
COLOURS=(000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5)
DESKTOP=(memory=768 xengt_judge=desktop.sh)
TABLET=(usb=1 usbdevice=tablet)
export DISPLAY=:9
screen=

# desktop_up NAME [KEY=VALUE...]: a vGPU guest with a desktop; left and top are its window's title
# bar's then.
desktop_up()
{
	guest_vgt "$@" "${DESKTOP[@]}" "${TABLET[@]}" xengt_job=input,judge || fail_now "the guest has a console"
	desktop=$1
	guest_wait "$1" '^LAB typed ready' 300 || fail_now "the guest has a desktop with a terminal"
	ok "the terminal is on the screen" wait_for 60 place 102030
	read -r left top _ <<<"$(place $TITLE)"
}

desktop_down()
{
	guest_go "$desktop" end
	guest_judged "$desktop" 120
	driver_happy "$desktop"
	ok "xl destroy" guest_destroy "$desktop"
}

screen_up()
{
	Xvfb $DISPLAY -screen 0 1700x1100x24 -nolisten tcp >"$LAB_KEEP/xvfb.log" 2>&1 &
	screen=$!
	wait_for 60 xdotool getmouselocation
}

# screen_shot NAME: of Dom0's X server, for the artefacts.
screen_shot()
{
	ffmpeg -v error -y -f x11grab -video_size 1700x1100 -i $DISPLAY -frames:v 1 "$LAB_KEEP/$1.png"
}

# cursor_agrees: whether the client's X server shows a cursor, where it draws its own, just where the
# guest shows one; and the client's picture has none.
cursor_agrees()
{
	local draws guest client
	xengt-screenshot "$desktop" -o "$LAB_TMP/with.ppm" && shot || return 1
	guest=$("$JUDGE" differ "$LAB_TMP/with.ppm" "$LAB_TMP/shot.ppm") || return 1
	for draws in 0 1; do
		ffmpeg -v error -y -f x11grab -draw_mouse $draws -video_size 1024x768 \
			-i "$DISPLAY+$X,$Y" -frames:v 1 "$LAB_TMP/drawn-$draws.ppm" || return 1
	done
	client=$("$JUDGE" differ "$LAB_TMP/drawn-1.ppm" "$LAB_TMP/drawn-0.ppm") || return 1
	diag "cursor: the guest's at $guest, the client's at $client"
	paste -d' ' <(echo "$guest") <(echo "$client") | awk '
		{ for (i = 1; i <= 4; i++) if ($i - $(i + 5) > 2 || $(i + 5) - $i > 2) exit 1 }' ||
		return 1
	"$JUDGE" differ "$LAB_TMP/shot.ppm" "$LAB_TMP/drawn-0.ppm" >&2
	[ $? = 1 ] # they do not
}

# client_up NAME: whether there is a window of that name as large as the guest's screen; it gets
# the keyboard, and X and Y are where it is.
client_up()
{
	local window
	window=$(xdotool search --name "$1" | tail -n 1)
	[ -n "$window" ] && eval "$(xdotool getwindowgeometry --shell "$window")" &&
		[ "$WIDTH" = 1024 ] && xdotool windowfocus "$window"
}

# client NAME: waits for it, and uses it from now on.
client()
{
	wait_for 60 client_up "$1" && client_up "$1" && return
	diag "windows: $(xdotool search --name . getwindowname %@ getwindowgeometry %@ 2>&1)"
	screen_shot no-client
	return 1
}

shot()
{
	xengt-screenshot "$desktop" --no-cursor -o "$LAB_TMP/shot.ppm"
}

# place COLOUR: "X Y WIDTH HEIGHT PIXELS" of what has that colour on the captured screen.
place()
{
	shot && "$JUDGE" box "$LAB_TMP/shot.ppm" "$1"
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
		"$JUDGE" box "$LAB_TMP/shot.ppm" "$colour" && return
	done
}

# says NAME LINE: whether the guest's shell has obeyed.
says()
{
	guest_wait "$1" "^LAB typed $2" 60
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

# use_it NUMBER: a line is typed that paints the terminal, its window is moved by the title bar, and
# both are seen on the captured screen.
use_it()
{
	point $((left + 100)) $((top + 150))
	xdotool click 1
	order "paint $1"
	ok "a line that is typed there is obeyed" says "$desktop" "paint $1"
	ok "and seen on the captured screen" wait_for 30 fills "${COLOURS[$1]}"
	point $((left + 200)) $((top + 8))
	# slowly, for the guest's window manager asks where the pointer is when it gets to it
	xdotool mousedown 1
	sleep 2
	point $((left + 250)) $((top + 40))
	sleep 1
	point $((left + 420)) $((top + 128))
	sleep 1
	xdotool mouseup 1
	ok "a window that is pulled by its title bar is where it was put" \
		wait_for 30 title_at $((left + 220)) $((top + 120))
	diag "title bar: $left $top, then $(place $TITLE)"
}

# cpu_ms PID...: that these processes have had, all in all.
cpu_ms()
{
	local pid sum=0
	for pid in "$@"; do
		sum=$((sum + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{ print ($12 + $13) * 10 }')))
	done
	echo $sum
}
