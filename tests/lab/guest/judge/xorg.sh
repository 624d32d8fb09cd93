# SPDX-License-Identifier: MIT
#
# An X server with Intel's own driver, confined to the blitter, and one that draws in software, side
# by side: the same programs draw on both, and the root windows are compared pixel by pixel.
# AccelMethod "blt" is that driver's own word for "no 3D": what the blitter cannot do, the driver
# does by CPU.

. /tmp/judge/lib.sh

GPU=:0
CPU=:1
WIDTH=1024
HEIGHT=768

x_config()
{
	local slot
	slot=$(basename "$(readlink -f /sys/class/drm/card0/device)")
	slot=${slot##*:}
	cat <<-END
	Section "ServerFlags"
		Option "AutoAddDevices" "false"
		Option "AutoAddGPU" "false"
		Option "BlankTime" "0"
	EndSection
	Section "Module"
		Disable "glx"
	EndSection
	Section "Device"
		Identifier "gpu"
		Driver "intel"
		BusID "PCI:0:$((16#${slot%.*})):0"
		Option "AccelMethod" "blt"
	EndSection
	Section "Monitor"
		Identifier "monitor"
		Option "DPMS" "false"
	EndSection
	Section "Screen"
		Identifier "screen"
		Device "gpu"
		Monitor "monitor"
		DefaultDepth 24
		SubSection "Display"
			Depth 24
			Modes "${WIDTH}x$HEIGHT"
		EndSubSection
	EndSection
	END
}

# x_up DISPLAY SECONDS
x_up()
{
	local tenths=$(($2 * 5))
	until xdpyinfo -display "$1" >/dev/null 2>&1; do
		[ $((tenths--)) -gt 0 ] || return 1
		sleep 0.2
	done
}

# both COMMAND...: on both servers; returns when both are done.
both()
{
	DISPLAY=$CPU "$@" &
	local other=$!
	DISPLAY=$GPU "$@"
	wait $other
}

# shot DISPLAY FILE: the root window.
shot()
{
	xwd -silent -root -display "$1" -out "$2"
}

# same A B: the same pixels.  They are the last of a dump; the fourth byte of each means nothing, so
# dumps that differ in their bytes are looked at once more without it.
same()
{
	local pixels_B=$((WIDTH * HEIGHT * 4))
	cmp -s -i $(($(stat -c %s "$1") - pixels_B)):$(($(stat -c %s "$2") - pixels_B)) "$1" "$2" &&
		return
	xwdtopnm "$1" >/tmp/a.ppm 2>/dev/null
	xwdtopnm "$2" >/tmp/b.ppm 2>/dev/null
	[ -s /tmp/a.ppm ] && cmp -s /tmp/a.ppm /tmp/b.ppm
}

# settle: until neither server's picture changes any more.
settle()
{
	local display tries
	for display in $GPU $CPU; do
		tries=40
		shot $display /tmp/before.xwd
		while [ $((tries--)) -gt 0 ]; do
			sleep 0.5
			shot $display /tmp/after.xwd
			cmp -s /tmp/before.xwd /tmp/after.xwd && break
			mv /tmp/after.xwd /tmp/before.xwd
		done
	done
}

# compare NAME: the verdict on the two root windows; pictures that differ are kept.
compare()
{
	shot $GPU /tmp/gpu.xwd
	shot $CPU /tmp/cpu.xwd
	if same /tmp/gpu.xwd /tmp/cpu.xwd; then
		verdict "$1" pass "$(tail -c $((WIDTH * HEIGHT * 4)) /tmp/gpu.xwd | md5sum | cut -c1-8)"
		return
	fi
	verdict "$1" fail "$(cmp -l /tmp/a.ppm /tmp/b.ppm 2>&1 | awk -v w=$WIDTH \
		-v head=$(($(stat -c %s /tmp/a.ppm) - WIDTH * HEIGHT * 3)) '
		NR == 1 { p = int(($1 - 1 - head) / 3); x = p % w; y = int(p / w) }
		END { printf "%d bytes differ, the first at x %d, y %d", NR, x, y }')"
	gzip -1 </tmp/a.ppm >"$KEEP/$1-gpu.ppm.gz"
	gzip -1 </tmp/b.ppm >"$KEEP/$1-cpu.ppm.gz"
}

# screenshot NAME: keeps what X shows, and lets Dom0 take its picture.
screenshot()
{
	xwdtopnm /tmp/gpu.xwd >"$KEEP/screen-$1.ppm" 2>/dev/null
	pause "$1"
}

# stopped PID: whether it holds, or has ended.
stopped()
{
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)
	[ "${state:-Z}" = T ] || [ "${state:-Z}" = Z ]
}

# x11perf_both TEST...: each test's picture compared, before x11perf goes on to the next.  The tests
# must be in x11perf's own order, which it keeps to whatever the order asked for.  An odd number of
# rounds, for each second one draws in the background's colour.
x11perf_both()
{
	local test gpu cpu tenths options=(-repeat 1 -reps 5 -time 1)
	LD_PRELOAD=/tmp/bin/x11-hold.so x11perf -display $GPU "${options[@]}" "${@/#/-}" \
		>>"$KEEP/x11perf-gpu" 2>&1 &
	gpu=$!
	LD_PRELOAD=/tmp/bin/x11-hold.so x11perf -display $CPU "${options[@]}" "${@/#/-}" \
		>>"$KEEP/x11perf-cpu" 2>&1 &
	cpu=$!
	for test in "$@"; do
		tenths=1200
		until stopped $gpu && stopped $cpu; do
			[ $((tenths--)) -gt 0 ] || break
			sleep 0.1
		done
		compare "x11perf-$test"
		[ "$test" != "${!#}" ] || screenshot x11perf
		kill -CONT $gpu $cpu
		sleep 0.1
	done
	kill -KILL $gpu $cpu 2>/dev/null
	wait $gpu $cpu 2>/dev/null
}

# window NAME COMMAND...: a client on both servers, and until its window is there.
CLIENTS=()
window()
{
	local name=$1 display tenths
	shift
	for display in $GPU $CPU; do
		DISPLAY=$display "$@" >>"$KEEP/clients" 2>&1 &
		CLIENTS+=($!)
	done
	for display in $GPU $CPU; do
		tenths=100
		until xwininfo -display $display -name "$name" >/dev/null 2>&1; do
			[ $((tenths--)) -gt 0 ] || break
			sleep 0.2
		done
	done
}

windows_close()
{
	kill "${CLIENTS[@]}" 2>/dev/null
	wait "${CLIENTS[@]}" 2>/dev/null
	CLIENTS=()
}

x_config >/tmp/xorg.conf
/usr/lib/xorg/Xorg $GPU vt1 -config /tmp/xorg.conf -logfile "$KEEP/Xorg.log" -ac -nocursor -noreset \
	-nolisten tcp -dpi 96 -s 0 >"$KEEP/Xorg.out" 2>&1 &
Xvfb $CPU -screen 0 ${WIDTH}x${HEIGHT}x24 -ac -nocursor -noreset -nolisten tcp -dpi 96 -s 0 \
	-extension GLX >"$KEEP/Xvfb.out" 2>&1 &
if ! x_up $GPU 90; then
	verdict server fail "$(grep -a '(EE)' "$KEEP/Xorg.log" "$KEEP/Xorg.out" | head -n 2 | tr '\n' ' ')"
	exit
fi
verdict server pass "$(uptime -p 2>/dev/null)"
x_up $CPU 60
try_says backend 5 'SNA initialized with .* backend' grep -a SNA "$KEEP/Xorg.log"
both xset -display $GPU s off >/dev/null 2>&1

both xsetroot -solid '#204060'
compare root-solid
both xsetroot -mod 16 16 -fg white -bg '#802020'
compare root-pattern
# shellcheck disable=SC2046
x11perf_both $(cat /tmp/judge/x11perf.list)

settle
compare x11perf-gone

date -s '2026-01-02 10:09:30' >/dev/null
both xsetroot -mod 5 7 -fg '#406080' -bg '#304050'
window xlogo xlogo -geometry 200x200+20+20
window xclock xclock -digital -update 600 -norender -geometry 200x60+240+20
window xeyes xeyes -geometry 200x120+460+20
settle
compare clients
windows_close
settle
compare clients-gone
window xcalc xcalc -geometry 220x300+700+20
window xfd xfd -fn fixed -geometry 400x300+20+240
window lines xterm -T lines -bc -geometry 80x24+300+300 -fn fixed -e \
	bash -c 'printf "\e[?25l"; ls -l --full-time /usr/lib/xorg/modules; sleep 1000'
settle
compare clients-text
both xrefresh
settle
compare clients-refreshed
screenshot clients
windows_close

echo "LAB judge-end $(wedged)"
