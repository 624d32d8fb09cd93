# SPDX-License-Identifier: MIT
# CASE: a desktop is seen and used through VNC by a client that others wrote, beside ones that misbehave
# NEEDS: judge
# LIST: full

. /lab/dom0/desktop.sh
SOCKET=$LAB_TMP/vnc.sock

rss_kB()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"
}

desktop_up desktop
xengt-vnc desktop --unix "$SOCKET" >"$LAB_KEEP/vnc.log" 2>&1 &
server=$!
wait_for 30 test -S "$SOCKET"
sleep 2
before=$(cpu_ms "$server")
screen_up
sleep 10
is "without a client the server does nothing" "$(cpu_ms "$server")" "$before"
xtigervncviewer -geometry 1024x768+0+0 -RemoteResize=0 -AcceptClipboard=0 -SendClipboard=0 \
	-SetPrimary=0 "$SOCKET" >"$LAB_KEEP/viewer.log" 2>&1 &
viewer=$!
client TigerVNC || fail_now "TigerVNC shows the guest"
sleep 2
use_it 2
ffmpeg -v error -y -i "$LAB_TMP/shot.ppm" "$LAB_KEEP/desktop.png"
screen_shot client
point 700 600
ok "the client draws the cursor, where the guest has it" wait_for 60 cursor_agrees
point 130 620
ok "there, too" wait_for 60 cursor_agrees
point 500 300
order blink
ok "the square blinks" says desktop blink
kill $viewer

"$JUDGE" crowd "$SOCKET" 20 >/dev/null
sleep 3
before=$(rss_kB)
ok "ten clients see it beside slow ones, ones that vanish, ones that send garbage" \
	eval "$JUDGE crowd $SOCKET 40 >$LAB_TMP/crowd"
diag "$(cat "$LAB_TMP/crowd")"
sleep 15 # the gate waits 10 s for what a vanished client's server still has to say
after=$(rss_kB)
diag "resident before $before, after $after kB"
ok "the server has not grown" test "$after" -le $((before + 4096))
ok "it is the same server" kill -0 "$server"
ok "the guest is well" shot

kill "$screen"
desktop_down
ok "the server ends with its guest" wait_for 40 eval "! kill -0 $server 2>/dev/null"
is "its socket is gone" "$(ls "$SOCKET" 2>/dev/null)" ""
assert_clean
