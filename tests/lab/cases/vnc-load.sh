# SPDX-License-Identifier: MIT
# CASE: what xengt-vnc costs and how late it is, beside QEMU's own VNC of a stdvga guest
# NEEDS: judge
# LIST: full

. /lab/dom0/desktop.sh
SOCKET=$LAB_TMP/vnc.sock
SECONDS_EACH=15
# The terminal fills the screen, so the guest's pointer is in it from the start and needs no device:
# QEMU takes a third of a processor to poll a tablet, and what its VNC takes would be lost in that.
TABLET=()
WHOLE=cmdline_extra=xengt.terminal=168x56+2+2

qemu_of()
{
	pgrep -f "^[^ ]*qemu-system[^ ]* .*-name $1"
}

# parts: the processes a guest's screen costs, by name, and what each has had.
parts()
{
	local pid
	for pid in $servers; do
		echo "$(cat "/proc/$pid/comm") $(cpu_ms "$pid")"
	done
}

# measure WHAT: milliseconds of processor a second, for each process and in all.
measure()
{
	parts >"$LAB_TMP/before"
	sleep $SECONDS_EACH
	parts | paste -d' ' "$LAB_TMP/before" - | awk -v what="$1" -v s=$SECONDS_EACH '
		{ ms = ($4 - $2) / s; sum += ms; line = line sprintf(" %s %.0f", $1, ms) }
		END { printf "%s: %.0f ms/s:%s\n", what, sum, line }' | tee -a "$LAB_KEEP/load"
}

# watch WHERE: a client at the server, in front.
watch()
{
	xtigervncviewer -geometry 1024x768+0+0 -RemoteResize=0 -AcceptClipboard=0 -SendClipboard=0 \
		-SetPrimary=0 "$1" >>"$LAB_KEEP/viewer.log" 2>&1 &
	viewer=$!
	client TigerVNC || fail_now "$1 has a client"
	sleep 2
}

unwatch()
{
	kill $viewer
	wait $viewer 2>/dev/null
	sleep 5
}

# keys_late NAME WHERE: how late what is typed is seen; the last key may end what is ordered next.
# Seconds each where nothing has changed for a while.
keys_late()
{
	diag "$1: from a key to the picture: $(timeout 300 "$JUDGE" keys "$2" 50 2>&1)"
}

# loads NAME WHERE: a still screen, a square that blinks, a video, each with a client and without.
loads()
{
	local what
	diag "$(measure "$1, still, nobody looks")"
	watch "$2"
	diag "$(measure "$1, still, one looks")"
	for what in blink video; do
		order $what
		ok "$1: $what" says "$1" $what
		diag "$(measure "$1, $what, one looks")"
		unwatch
		diag "$(measure "$1, $what, nobody looks")"
		watch "$2"
		xdotool key q
		ok "$1: it is still" says "$1" still
	done
	unwatch
}

screen_up
desktop_up vgpu "$WHOLE"
xengt-vnc vgpu --unix "$SOCKET" >"$LAB_KEEP/vnc.log" 2>&1 &
server=$!
wait_for 30 test -S "$SOCKET"
servers="$server $(pgrep -x xengt-worker) $(qemu_of vgpu)"
loads vgpu "$SOCKET"
watch "$SOCKET"
order blink
ok "the square blinks" wait_for 30 square
unwatch
read -r x y _ <<<"$(square)"
diag "from a pixel in Dom0 to a client: $(timeout 100 "$JUDGE" pixels "$SOCKET" vgpu \
	$((x + 8)) $((y + 6)) 100 2>&1)"
diag "parts of it: $(timeout 100 "$JUDGE" parts "$SOCKET" vgpu 40 2>&1)"
keys_late vgpu "$SOCKET"
desktop_down
ok "the server ends with its guest" wait_for 40 eval "! kill -0 $server 2>/dev/null"

ok "a guest with QEMU's own VGA" guest_create stdvga "${DESKTOP[@]}" "$WHOLE" vga=stdvga vnc=1 \
	vnclisten=127.0.0.1 vncdisplay=7 vncunused=0 xengt_job=plain,bochs,input,judge
ok "has a desktop" guest_wait stdvga '^LAB typed ready' 400
servers=$(qemu_of stdvga)
loads stdvga 127.0.0.1:5907
keys_late stdvga 127.0.0.1:5907
ok "xl destroy" guest_destroy stdvga
kill "$screen"
assert_clean
